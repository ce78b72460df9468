import type { SerializedError } from "../data/serialized_error.ts";
import { messageOf } from "../errors/message_of.ts";
import { visitEffects } from "../routine/effect_parts.ts";
import type { Effects } from "../routine/effects.ts";
import type { Store } from "../store/store.ts";
import { boundedError } from "./bounded_error.ts";

/**
 * Refuses effects that a store cannot persist.
 *
 * @param effects The effects.
 * @param store The store.
 * @throws {StoreValueError} With the path of the offending field.
 */
export function assertStorableEffects(effects: Effects, store: Store): void {
  if (store.assertStorable === undefined) return;
  visitEffects(effects, (value, what) => store.assertStorable?.(value, what));
}

/**
 * Returns an error in a form that a store can persist. A field that cannot be persisted is replaced by the
 * reason, and long texts are cut off.
 *
 * @param error The error, as received from a worker.
 * @param store The store.
 */
export function storableError(error: SerializedError, store: Store): SerializedError {
  return withoutRefused(store.prepare === undefined ? error : boundedError(error), store);
}

function withoutRefused(error: SerializedError, store: Store): SerializedError {
  if (store.assertStorable === undefined || refusalOf(error, "error", store) === undefined) {
    return error;
  }
  const { fields = {}, cause, errors } = error;
  const kept = Object.entries(fields).map(([key, value]) => [key, storable(value, key, store)]);
  return {
    ...error,
    fields: Object.fromEntries(kept),
    ...cause !== undefined && {
      cause: "error" in cause
        ? { error: withoutRefused(cause.error, store) }
        : { value: storable(cause.value, "cause", store) },
    },
    ...errors !== undefined && { errors: errors.map((member) => withoutRefused(member, store)) },
  };
}

function storable(value: unknown, what: string, store: Store): unknown {
  return refusalOf(value, what, store) ?? value;
}

function refusalOf(value: unknown, what: string, store: Store): string | undefined {
  try {
    store.assertStorable?.(value, what);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

import type { SerializedError } from "../data/serialized_error.ts";
import type { Store } from "../store/store.ts";

/**
 * An error as a store can keep it: in the place of a field that it cannot keep stands why.
 *
 * @param error The error, as it came from a worker.
 * @param store The store.
 */
export function storableError(error: SerializedError, store: Store): SerializedError {
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
        ? { error: storableError(cause.error, store) }
        : { value: storable(cause.value, "cause", store) },
    },
    ...errors !== undefined && { errors: errors.map((member) => storableError(member, store)) },
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
    return (error as Error).message;
  }
}

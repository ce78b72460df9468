import { sameValue } from "../data/same_value.ts";
import { copyOnceMore } from "../engine/copy_once_more.ts";
import type { Activation } from "../engine/job_event.ts";

/**
 * Finds the activations whose payload is a copy of an earlier activation's: the receivers of a fallback or of
 * `$error`, whose payload is not stored with an emit. Payloads are compared by value, so that a payload with
 * renamed fields is stored separately.
 *
 * @param queued The activations that a failure queues.
 * @returns The index of the earlier activation, by the index of the later one.
 */
export function copiesAmong(queued: readonly Activation[]): ReadonlyMap<number, number> {
  const copies = new Map<number, number>();
  queued.forEach(({ event, payload }, i) => {
    if (i === 0 || !isShared(payload)) return;
    const first = queued.findIndex((one, j) =>
      j === i || !copies.has(j) && one.event === event && sameValue(one.payload, payload)
    );
    if (first < i) copies.set(i, first);
  });
  return copies;
}

/** Restores the payloads that are stored with earlier activations, as copies. */
export function restoreCopies(
  queued: readonly Mutable<Activation>[],
  copies: Iterable<readonly [number, number]>,
): void {
  for (const [index, first] of copies) {
    const [copy, source] = [queued[index], queued[first]];
    if (copy === undefined || source === undefined) continue;
    copy.payload = copyOnceMore(source.payload);
    if (source.dropped) copy.dropped = true;
  }
}

/** Checks whether a payload is worth sharing: a number, for example, is as short as a reference. */
function isShared(payload: unknown): boolean {
  return typeof payload === "object" ? payload !== null : typeof payload === "string";
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

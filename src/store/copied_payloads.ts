import { sameValue } from "../data/same_value.ts";
import { copyOnceMore } from "../engine/copy_once_more.ts";
import type { Activation } from "../engine/job_event.ts";

/**
 * Finds the activations whose payload is a copy of that of an earlier one: the receivers of a fallback or of
 * `$error`, which are in no commit whose emit could hold the payload. Compared by value, so that a payload
 * whose fields a connection renames is stored as it is.
 *
 * @param queued The activations that a failure queues.
 * @returns The index of the earlier activation, by that of the later one.
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

/** Gives the activations whose payload is stored with an earlier one a copy of it. */
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

/** A number, and a value that is not there, are as short as the indexes that would stand for them. */
function isShared(payload: unknown): boolean {
  return typeof payload === "object" ? payload !== null : typeof payload === "string";
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

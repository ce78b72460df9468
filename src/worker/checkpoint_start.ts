// Decides where an attempt that has read a checkpoint begins: which of the effects that were committed after
// the checkpoint it repeats. Used by `CountedRepetition`.

import type { Committed, EffectCounts } from "../routine/committed.ts";
import { MOST_DIGESTS, NO_COUNTS, valueDigest, type Write } from "./effect_ledger.ts";
import type { Effect, ReadCheckpoint } from "./repetition.ts";

/** The maximum number of effects that are held until the start of an attempt is decided. */
const MOST_HELD = 64;

/** Checks whether `startOf` needs more effects of an attempt to decide. */
export function needsMore(
  committed: Committed,
  { checkpoint: { at }, key }: ReadCheckpoint,
  held: readonly Effect[],
): boolean {
  if (held.length >= MOST_HELD) return false;
  const emits = held.filter(({ kind }) => kind === "emit").length;
  if (emits >= MOST_DIGESTS) return false;
  const hasMoved = held.some((effect) => isCheckpoint(effect, key));
  const since = committed.emits - at.emits;
  // For a checkpoint that was written before the first emit, the emits that follow decide.
  return hasMoved ? since > 0 && at.emits === 0 && emits < Math.min(since, MOST_DIGESTS) : true;
}

/**
 * Returns the counts from which an attempt that has read a checkpoint begins. Handlers write a checkpoint
 * after or before the effects that it covers, so it may or may not cover the effects that were committed
 * later:
 *
 * | written | effects committed after the checkpoint  | its effects before the next checkpoint | start     |
 * | ------- | --------------------------------------- | -------------------------------------- | --------- |
 * | either  | none                                    | any                                    | committed |
 * | after   | the next ones, by a flush in between    | the same ones                          | `at`      |
 * | before  | the covered ones                        | none: the next checkpoint comes first  | committed |
 * | once    | all, as it is a value, not a checkpoint | the same ones                          | `at`      |
 *
 * In two cases, the handler has read the value for another purpose, and repeats from the beginning: if it
 * writes the same value that it wrote there first, and emits the same payloads as at first; or if it writes
 * the value once, before all its emits.
 *
 * @param held The first effects of the attempt: all until it wrote the next checkpoint, flushed or ended, or
 * as many as are compared.
 */
export function startOf(
  committed: Committed,
  { checkpoint: { at, next, origin }, key }: ReadCheckpoint,
  held: readonly Effect[],
): EffectCounts {
  const emitted = held.flatMap((effect) => effect.kind === "emit" ? effect.digest : []);
  const moved = held.findIndex((effect) => isCheckpoint(effect, key));
  const move = held[moved];
  if (
    origin !== undefined && move?.kind === "write" && valueDigest(move.write) === origin &&
    (emitted.length === 0 || isAlike(emitted, committed.first))
  ) {
    return NO_COUNTS;
  }
  const emits = committed.emits - at.emits;
  const isFirst = moved >= 0 && held.slice(0, moved).every(({ kind }) => kind === "log");
  if (emits === 0) {
    if (committed.writes === at.writes) return committed;
    const write = held.find(({ kind }) => kind === "write");
    // Writes that followed the checkpoint are repeated only if they precede the next checkpoint.
    return write === undefined || isCheckpoint(write, key) ? committed : at;
  }
  if (emitted.length === 0) return moved >= 0 && at.emits === 0 ? NO_COUNTS : committed;
  if (!isAlike(emitted, next)) return committed;
  if (!isFirst) return at;
  // The checkpoint was written before each item; or once, before all items, if the emits are too many and too
  // different to be those of the next item by chance.
  const isOnce = at.emits === 0 && emits > 1 && next.some((digest) => digest !== next[0]);
  return isOnce ? NO_COUNTS : committed;
}

/** Checks whether a list consists of a part that is repeated at least once. */
export function isPeriodic(digests: readonly number[]): boolean {
  for (let period = 1; period <= digests.length / 2; period++) {
    if (digests.every((digest, i) => i < period || digest === digests[i - period])) return true;
  }
  return false;
}

/** Checks whether a write changes the value that is read. */
export function isRead(
  { kind, key }: Write,
  what: { readonly key: string } | "keys" | "state",
): boolean {
  if (what === "state") return kind === "patch";
  return key !== undefined && (what === "keys" || what.key === key);
}

/** Checks whether an effect writes the checkpoint under a key, or in the routine's state. */
function isCheckpoint(effect: Effect, key: string | undefined): boolean {
  return effect.kind === "write" && isRead(effect.write, key === undefined ? "state" : { key });
}

/** Checks whether two lists are not empty and equal up to the end of the shorter one. */
function isAlike(a: readonly number[], b: readonly number[]): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return length > 0;
}

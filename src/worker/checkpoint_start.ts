// Decides where an attempt begins that has read a checkpoint: which of the effects that were committed
// after the checkpoint it does again. Used by `CountedRepetition`.

import type { Committed, EffectCounts } from "../routine/committed.ts";
import { MOST_DIGESTS, NO_COUNTS, valueDigest, type Write } from "./effect_ledger.ts";
import type { Effect, ReadCheckpoint } from "./repetition.ts";

/** No more effects are held to see what comes next. */
const MOST_HELD = 64;

/** Checks whether more effects of an attempt have to be seen before `startOf` can decide. */
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
  // Of a checkpoint written before the first emit, the emits that follow decide.
  return hasMoved ? since > 0 && at.emits === 0 && emits < Math.min(since, MOST_DIGESTS) : true;
}

/**
 * Returns where an attempt begins that has read a checkpoint. Handlers write it after what it covers, or
 * before that, so what was committed after it may be covered or not:
 *
 * | written | committed after the checkpoint          | of the attempt, before it writes the next      | start     |
 * | ------- | --------------------------------------- | ---------------------------------------------- | --------- |
 * | either  | nothing                                 | anything                                       | committed |
 * | after   | what comes next, by a flush in between  | the same again                                 | `at`      |
 * | before  | what it covers                          | nothing: it writes the next one first          | committed |
 * | once    | all, as it is a value and no checkpoint | the same again                                 | `at`      |
 *
 * A handler has read a value for another purpose, and repeats, where it writes the value again that it
 * wrote there first, and emits what was emitted first; or where it writes it once, before all that it emits.
 *
 * @param held The first effects of the attempt: all until it wrote the next checkpoint, flushed or
 * ended, or as many as are compared.
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
    // Writes that came after the checkpoint come again only if they come before the next one.
    return write === undefined || isCheckpoint(write, key) ? committed : at;
  }
  if (emitted.length === 0) return moved >= 0 && at.emits === 0 ? NO_COUNTS : committed;
  if (!isAlike(emitted, next)) return committed;
  if (!isFirst) return at;
  // Written before each item; or once, before all of them, where these are too many and too different to be
  // those of the next item by chance.
  const isOnce = at.emits === 0 && emits > 1 && next.some((digest) => digest !== next[0]);
  return isOnce ? NO_COUNTS : committed;
}

/** Checks whether a list is made of one part again and again, or too short to say. */
export function isPeriodic(digests: readonly number[]): boolean {
  for (let period = 1; period <= digests.length / 2; period++) {
    if (digests.every((digest, i) => i < period || digest === digests[i - period])) return true;
  }
  return false;
}

/** Checks whether a write is to what is read. */
export function isRead(
  { kind, key }: Write,
  what: { readonly key: string } | "keys" | "state",
): boolean {
  if (what === "state") return kind === "patch";
  return key !== undefined && (what === "keys" || what.key === key);
}

/** Checks whether an effect writes to where a checkpoint is. */
function isCheckpoint(effect: Effect, key: string | undefined): boolean {
  return effect.kind === "write" && isRead(effect.write, key === undefined ? "state" : { key });
}

/** Checks whether two lists are alike as far as both go, and neither is empty. */
function isAlike(a: readonly number[], b: readonly number[]): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return length > 0;
}

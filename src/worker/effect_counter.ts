// Records the effects of an activation, and counts them when it flushes. Used by `RunningActivation`.

import type { PackedEmit } from "../wire/packed_effects.ts";
import type { Committed } from "../routine/committed.ts";
import { EffectLedger, emitDigest, type Write } from "./effect_ledger.ts";
import type { Repetition } from "./repetition.ts";

/**
 * The number of writes that are collected before they are counted. Most activations never flush, and need no
 * counts.
 */
const MOST_UNCOUNTED = 256;

/**
 * A write with the numbers of the effects before it, or a write by the function of an update with that
 * update.
 */
type UncountedWrite =
  | readonly [write: Write, emits: number, logEntries: number]
  | readonly [write: Write, update: Write];

/**
 * Collects the effects of an activation, and counts them when it flushes. Effects of the function of an
 * update are part of that update, and are not counted separately.
 */
export class EffectCounter {
  readonly #repetition: Repetition | undefined;
  readonly #ledger = new EffectLedger();
  #writes: UncountedWrite[] = [];
  /** The emits of updates since the last flush. */
  #leftOut: Set<PackedEmit> | undefined;
  #logLeftOut = 0;

  /**
   * @param repetition The repetition of effects that earlier attempts have committed, if there is one. It
   * counts the effects that it leaves out.
   */
  constructor(repetition: Repetition | undefined) {
    this.#repetition = repetition;
  }

  /**
   * Records a write.
   *
   * @param write The write.
   * @param emits The number of emits that wait for the next flush.
   * @param logEntries The number of log entries that wait for the next flush.
   */
  write(write: Write, emits: number, logEntries: number): void {
    const ledger = this.#counts;
    this.#note([
      write,
      ledger.emits + emits - (this.#leftOut?.size ?? 0),
      ledger.logEntries + logEntries - this.#logLeftOut,
    ]);
  }

  /** Records a write by the function of an update. */
  part(write: Write, update: Write): void {
    this.#note([write, update]);
  }

  /** Excludes an emit by the function of an update from the counts. */
  leaveOut(emit: PackedEmit): void {
    (this.#leftOut ??= new Set()).add(emit);
  }

  /** Excludes a log entry from the counts. */
  leaveOutLog(): void {
    this.#logLeftOut++;
  }

  /**
   * Counts the effects that a flush commits.
   *
   * @param emits All emits since the last flush.
   * @param logEntries The number of log entries since the last flush.
   * @param left The keys of updates that the flush does not commit.
   * @returns The committed effects after the flush.
   */
  commit(
    emits: readonly PackedEmit[],
    logEntries: number,
    left: readonly string[],
  ): Committed {
    this.#countWrites();
    const ledger = this.#counts;
    for (const emit of emits) if (!this.#leftOut?.has(emit)) ledger.emit(emitDigest(emit));
    ledger.log(logEntries - this.#logLeftOut);
    this.#leftOut = undefined;
    this.#logLeftOut = 0;
    return ledger.committed(this.#repetition?.committed, left);
  }

  get #counts(): EffectLedger {
    return this.#repetition?.ledger ?? this.#ledger;
  }

  #note(write: UncountedWrite): void {
    if (this.#writes.push(write) === MOST_UNCOUNTED) this.#countWrites();
  }

  #countWrites(): void {
    const ledger = this.#counts;
    for (const uncounted of this.#writes) {
      if (uncounted.length === 2) ledger.part(...uncounted);
      else ledger.write(...uncounted);
    }
    this.#writes = [];
  }
}

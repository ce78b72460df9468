import type { PackedEmit } from "../wire/packed_effects.ts";
import type { Committed } from "../routine/committed.ts";
import { EffectLedger, emitDigest, type Write } from "./effect_ledger.ts";
import type { Repetition } from "./repetition.ts";

/** So many writes are counted at once, as most activations never flush and need not count. */
const MOST_UNCOUNTED = 256;

/** A write, and what was done before it; or one that belongs to an update, and that update. */
type UncountedWrite =
  | readonly [write: Write, emits: number, logEntries: number]
  | readonly [write: Write, update: Write];

/**
 * Notes what an activation does, to count it when that flushes. What the function of an update does is
 * part of that update, and not counted by itself.
 */
export class EffectCounter {
  readonly #repetition: Repetition | undefined;
  readonly #ledger = new EffectLedger();
  #writes: UncountedWrite[] = [];
  /** The emits of updates since the last flush. */
  #leftOut: Set<PackedEmit> | undefined;
  #logLeftOut = 0;

  /**
   * @param repetition What of the attempt is no effect, and has been counted, if there is any.
   */
  constructor(repetition: Repetition | undefined) {
    this.#repetition = repetition;
  }

  /**
   * Notes a write.
   *
   * @param write The write.
   * @param emits How many emits wait for the next flush.
   * @param logEntries How many entries of the log wait for it.
   */
  write(write: Write, emits: number, logEntries: number): void {
    const ledger = this.#counts;
    this.#note([
      write,
      ledger.emits + emits - (this.#leftOut?.size ?? 0),
      ledger.logEntries + logEntries - this.#logLeftOut,
    ]);
  }

  /** Notes a write that the function of an update makes. */
  part(write: Write, update: Write): void {
    this.#note([write, update]);
  }

  /** Notes an emit of an update. */
  leaveOut(emit: PackedEmit): void {
    (this.#leftOut ??= new Set()).add(emit);
  }

  /** Notes an entry of the log that is not to be counted. */
  leaveOutLog(): void {
    this.#logLeftOut++;
  }

  /**
   * Counts what a flush commits.
   *
   * @param emits All emits since the last.
   * @param logEntries How many entries of the log there are since the last.
   * @param left The keys of updates that it does not commit.
   * @returns What is committed when it is.
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

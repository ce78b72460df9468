// Decides which effects of an attempt are new, and which repeat effects that earlier attempts of its
// activation have committed by flushes. Used by `RunningActivation`.

import type { Checkpoint, Committed, EffectCounts } from "../routine/committed.ts";
import { isPeriodic, isRead, needsMore, startOf } from "./checkpoint_start.ts";
import { EffectLedger, MOST_DIGESTS, NO_COUNTS, type Write } from "./effect_ledger.ts";

/** Decides which effects of an attempt are made, if earlier attempts have committed some. */
export interface Repetition {
  /** The committed effects, if they are known. */
  readonly committed: Committed | undefined;
  /** Counts of the effects so far, from which the next flush derives the committed ones. */
  readonly ledger: EffectLedger;
  /** The number of emits that are neither made nor left out yet. */
  readonly heldEmits: number;
  /** Called when the handler requests an effect. */
  does(effect: Effect): void;
  /**
   * Called when the handler reads a key of the shared data, all keys, or its routine's state. `isCheckpoint`
   * is `false` if nothing committed is there.
   */
  reads(what: { readonly key: string } | "keys" | "state", isCheckpoint?: boolean): void;
  /** Called when the handler flushes. */
  flushes(): void;
  /** Called when the handler has ended. */
  ends(): void;
}

/** An effect that a handler requests. */
export type Effect =
  | { readonly kind: "emit"; readonly digest: number; make(): void }
  | { readonly kind: "write"; readonly write: Write; make(): void }
  | { readonly kind: "log"; make(isCounted: boolean): void };

/** A checkpoint that an attempt has read, and its key in the shared data; without a key for routine state. */
export interface ReadCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly key: string | undefined;
}

/**
 * The repetition of an activation whose flushes have recorded the effects that they commit.
 *
 * There are two ways to write a handler that flushes. Treating one as the other would lose or duplicate
 * payloads:
 *
 * - A **repeating** handler starts from the beginning in each attempt. Committed effects are left out one by
 *   one, by their counts, so the places of the flushes do not matter.
 * - A **continuing** handler reads a checkpoint, which it wrote before an earlier flush, and goes on from
 *   there. All its effects are new, except those that were committed after the checkpoint was written and are
 *   not covered by it, such as those committed by an `await ctx.emit` between an emit and the checkpoint.
 *
 * An attempt continues if, before its first emit, write or wait, it has read routine state, or a key of the
 * shared data, that an earlier attempt had **written and committed**. Any other attempt repeats. Payloads are
 * not considered, as the data of a continuing handler may repeat itself. Log entries are not considered
 * either, as handlers of both kinds may log their start.
 *
 * The first effects of a continuing attempt are buffered until `startOf` has decided where it begins. An
 * attempt whose first eight new emits equal the first eight committed ones is refused, because it repeats
 * although it has read a checkpoint.
 *
 * Effects that are left out are compared with the committed ones: emits by their payloads and order, writes
 * by their targets. Written values and log entries are not compared, as they may contain times or the number
 * of the attempt.
 */
export class CountedRepetition implements Repetition {
  readonly committed: Committed;
  readonly #refuse: (what: string) => Error;
  #held: Effect[] | undefined = [];
  #heldEmits = 0;
  /** The number of log entries before a checkpoint was read. */
  #preamble = 0;
  #ledger = new EffectLedger();
  /** The latest checkpoint that was read. */
  #read: ReadCheckpoint | undefined;
  #refusal: Error | undefined;
  /** The number of new emits that equal the first committed ones; `undefined` once they differ. */
  #again: number | undefined;

  /**
   * @param committed The committed effects.
   * @param refuse Creates the error for an attempt that does not match.
   */
  constructor(committed: Committed, refuse: (what: string) => Error) {
    this.committed = committed;
    this.#refuse = refuse;
  }

  get ledger(): EffectLedger {
    return this.#ledger;
  }

  get heldEmits(): number {
    return this.#heldEmits;
  }

  does(effect: Effect): void {
    if (this.#held === undefined) return this.#pass(effect);
    this.#held.push(effect);
    if (effect.kind === "emit") this.#heldEmits++;
    if (this.#read === undefined) {
      if (effect.kind !== "log") this.#begin(NO_COUNTS);
    } else if (!needsMore(this.committed, this.#read, this.#held)) this.#decide();
  }

  reads(what: { readonly key: string } | "keys" | "state", isCheckpoint = true): void {
    if (this.#held === undefined) return;
    // The attempt reads its own write, so the decision cannot be deferred any more.
    if (this.#held.some((effect) => effect.kind === "write" && isRead(effect.write, what))) {
      return this.#decide();
    }
    if (!isCheckpoint || this.#held.some(({ kind }) => kind !== "log")) return;
    const { state, keys = [] } = this.committed;
    if (what === "state") return this.#hasRead(state, undefined);
    for (const [key, checkpoint] of keys) {
      if (what === "keys" || what.key === key) this.#hasRead(checkpoint, key);
    }
  }

  flushes(): void {
    this.#decide();
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  ends(): void {
    this.flushes();
    const { emits, writes } = this.committed;
    const ledger = this.#ledger;
    if (ledger.emits < emits) {
      throw this.#refuse(`it ended after ${ledger.emits} of ${emits} emits`);
    }
    if (ledger.writes < writes) {
      throw this.#refuse(`it ended after ${ledger.writes} of ${writes} writes`);
    }
  }

  #hasRead(checkpoint: Checkpoint | undefined, key: string | undefined): void {
    if (checkpoint === undefined) return;
    if (this.#read === undefined) this.#preamble = this.#held?.length ?? 0;
    if (this.#read === undefined || this.#read.checkpoint.at.writes < checkpoint.at.writes) {
      this.#read = { checkpoint, key };
    }
  }

  #decide(): void {
    if (this.#held === undefined) return;
    const read = this.#read;
    this.#begin(read === undefined ? NO_COUNTS : startOf(this.committed, read, this.#held));
  }

  #begin(start: EffectCounts): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#heldEmits = 0;
    this.#again = start === NO_COUNTS || isPeriodic(this.committed.first) ? undefined : 0;
    // An attempt that starts from the beginning repeats everything in the ledger.
    this.#ledger = start === NO_COUNTS
      ? new EffectLedger()
      : new EffectLedger(this.committed, start);
    // Log entries before the read of the checkpoint are made in every attempt, so they cannot be counted.
    const preamble = start === NO_COUNTS ? 0 : this.#preamble;
    for (const [i, effect] of held.entries()) {
      if (i < preamble) effect.make(false);
      else this.#pass(effect);
    }
  }

  /** Makes an effect, or leaves it out if it is committed. */
  #pass(effect: Effect): void {
    if (this.#refusal !== undefined) throw this.#refusal;
    const { emits, emitted, writes, written, logEntries, isRerun } = this.committed;
    const ledger = this.#ledger;
    switch (effect.kind) {
      case "emit":
        if (ledger.emits >= emits) {
          this.#compareToFirst(effect.digest);
          return effect.make();
        }
        ledger.emit(effect.digest);
        if (ledger.emits === emits && ledger.emitted !== emitted && !isRerun) {
          throw this.#refusal = this.#refuse(
            `its first ${emits} emits are different, or in another order`,
          );
        }
        return;
      case "write":
        if (ledger.writes >= writes) return effect.make();
        ledger.write(effect.write);
        if (ledger.writes === writes && ledger.written !== written && !isRerun) {
          throw this.#refusal = this.#refuse(
            `its first ${writes} writes are of other kinds, or to other keys`,
          );
        }
        return;
      case "log":
        if (ledger.logEntries >= logEntries) return effect.make(true);
        return ledger.log();
      default:
        effect satisfies never;
    }
  }

  /** Refuses an attempt that has read a checkpoint but repeats from the beginning. */
  #compareToFirst(digest: number): void {
    if (this.#again === undefined) return;
    this.#again = digest === this.committed.first[this.#again] ? this.#again + 1 : undefined;
    if (this.#again !== MOST_DIGESTS) return;
    throw this.#refusal = this.#refuse(
      "it read its checkpoint, but emitted the first payloads again",
    );
  }
}

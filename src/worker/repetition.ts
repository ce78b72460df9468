// What an attempt does once more of what earlier attempts of its activation have committed by flushes:
// here it is decided what of an attempt is new. Used by `Activation`.

import type { Checkpoint, Committed, EffectCounts } from "../routine/committed.ts";
import { EffectLedger, MOST_DIGESTS, NO_COUNTS, valueDigest, type Write } from "./effect_ledger.ts";

/** No more effects are held to see what comes next. */
const MOST_HELD = 64;

/** An effect of a handler, as it is asked for. */
export type Effect =
  | { readonly kind: "emit"; readonly digest: number; make(): void }
  | { readonly kind: "write"; readonly write: Write; make(): void }
  | { readonly kind: "log"; make(isCounted: boolean): void };

/** Decides which effects of an attempt are made, where earlier ones have committed some. */
export interface Repetition {
  /** The committed effects, as far as they are known. */
  readonly committed: Committed | undefined;
  /** Counts of the effects so far, by which the next flush says what is committed. */
  readonly ledger: EffectLedger;
  /** Number of emits that are neither made nor left out yet. */
  readonly heldEmits: number;
  /** The handler has an effect. */
  does(effect: Effect): void;
  /** The handler reads a key of the shared data, all keys, or its routine's state. */
  reads(what: { readonly key: string } | "keys" | "state"): void;
  /** The handler flushes. */
  flushes(): void;
  /** The handler has ended. */
  ends(): void;
}

/**
 * The repetition of an activation whose flushes have said what they commit.
 *
 * There are two ways to write a handler that flushes, and what is right for one would lose or double
 * payloads of the other:
 *
 * - A **repeating** handler does all from the beginning, in each attempt. What is committed is left out,
 *   effect by effect, by the counts; so it does not matter where the flushes are.
 * - A **continuing** handler reads a checkpoint, which it wrote before an earlier flush, and does what
 *   comes after. All that it does is new, but for what was committed after the checkpoint was written,
 *   as by a flush of `await ctx.emit` between an emit and the checkpoint that is to cover it.
 *
 * An attempt can only continue if, before its first emit, write or wait, it has read something that an
 * earlier attempt had **written and committed**: routine state, or that key of the shared data. Whatever
 * else it reads can say nothing of how far the earlier one came, so any other attempt repeats. Entries of
 * the log decide nothing, as "I begin" is logged by both.
 *
 * A handler can also read what it wrote for a purpose of its own, as the number of its activations, and
 * repeat. So an attempt that could continue is held until it flushes or ends, or has done enough to
 * compare, and what it emits decides: one that emits first what was emitted first repeats. Where payloads are all the same that says nothing;
 * there it repeats if the first value that it writes is the same as well, as a checkpoint would have
 * moved on.
 *
 * What is left out is compared: the emits with their payloads, in order, and what is written to. Values
 * written and log entries are not, as they may say when, and by which attempt, they were made.
 */
export class CountedRepetition implements Repetition {
  readonly committed: Committed;
  readonly #refuse: (what: string) => Error;
  #held: Effect[] | undefined = [];
  #heldEmits = 0;
  /** Number of log entries before a checkpoint was read. */
  #preamble = 0;
  #ledger = new EffectLedger();
  /** The latest checkpoint that was read. */
  #read: Checkpoint | undefined;
  #refusal: Error | undefined;

  /**
   * @param committed What is committed.
   * @param refuse Makes the error for an attempt that does not fit.
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
    } else if (this.#heldEmits >= MOST_DIGESTS || this.#held.length >= MOST_HELD) this.#decide();
  }

  reads(what: { readonly key: string } | "keys" | "state"): void {
    if (this.#held === undefined) return;
    // It sees what it has done.
    if (this.#held.some((effect) => effect.kind === "write" && isRead(effect.write, what))) {
      return this.#decide();
    }
    if (this.#held.some(({ kind }) => kind !== "log")) return;
    const { state, keys = [] } = this.committed;
    if (what === "state") return this.#hasRead(state);
    for (const [key, checkpoint] of keys) {
      if (what === "keys" || what.key === key) this.#hasRead(checkpoint);
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

  #hasRead(checkpoint: Checkpoint | undefined): void {
    if (checkpoint === undefined) return;
    if (this.#read === undefined) this.#preamble = this.#held?.length ?? 0;
    if (this.#read === undefined || this.#read.at.writes < checkpoint.at.writes) {
      this.#read = checkpoint;
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
    // From the beginning, all that the ledger lists comes again.
    this.#ledger = start === NO_COUNTS
      ? new EffectLedger()
      : new EffectLedger(this.committed, start);
    // These come before the checkpoint in one attempt, and after it in the next: no count holds for both.
    const preamble = start === NO_COUNTS ? 0 : this.#preamble;
    for (const [i, effect] of held.entries()) {
      if (i < preamble) effect.make(false);
      else this.#pass(effect);
    }
  }

  /** Makes an effect, or leaves it out as it is committed. */
  #pass(effect: Effect): void {
    if (this.#refusal !== undefined) throw this.#refusal;
    const { emits, emitted, writes, written, logEntries, isRerun } = this.committed;
    const ledger = this.#ledger;
    switch (effect.kind) {
      case "emit":
        if (ledger.emits >= emits) return effect.make();
        ledger.emit(effect.digest);
        if (ledger.emits === emits && ledger.emitted !== emitted && !isRerun) {
          throw this.#refusal = this.#refuse(
            `the first ${emits} payloads that it emitted are others, or in another order`,
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
}

/** From where on an attempt does what it has done so far, having read a checkpoint. */
function startOf(
  committed: Committed,
  { at, next }: Checkpoint,
  held: readonly Effect[],
): EffectCounts {
  const { emits, first, firstWrite } = committed;
  const emitted = held.flatMap((effect) => effect.kind === "emit" ? effect.digest : []);
  const isFirstWrite = firstWrite !== undefined && firstWrite === firstWriteOf(held);
  const isConstant = emits > 1 && first.every((digest) => digest === first[0]);
  // What was written before all that was emitted is no checkpoint of that.
  const isBefore = emits > 0 && at.emits === 0;
  if (emitted.length === 0 || emits === 0) {
    // No payload can decide it. Whoever is at the end emits and writes nothing more.
    return isFirstWrite || isBefore && held.some(isWrite) ? NO_COUNTS : committed;
  }
  if (isAlike(emitted, first)) {
    if (isFirstWrite || isBefore) return NO_COUNTS;
    // One payload, or many that are all alike, decide nothing; the checkpoint has moved on.
    if (!isConstant && emits > 1) return NO_COUNTS;
  }
  if (!isAlike(emitted, next)) return committed;
  // In the order of a handler that writes its checkpoint first, what follows it is covered by it.
  return isConstant && held.find(({ kind }) => kind !== "log")?.kind === "write" ? committed : at;
}

function isWrite({ kind }: Effect): boolean {
  return kind === "write";
}

/** Checks whether two lists, neither of them empty, are alike as far as both go. */
function isAlike(a: readonly number[], b: readonly number[]): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return length > 0;
}

function firstWriteOf(held: readonly Effect[]): number | undefined {
  for (const effect of held) {
    const digest = effect.kind === "write" ? valueDigest(effect.write) : undefined;
    if (digest !== undefined) return digest;
  }
  return undefined;
}

function isRead(
  { kind, key }: Write,
  what: { readonly key: string } | "keys" | "state",
): boolean {
  if (what === "state") return kind === "patch";
  return key !== undefined && (what === "keys" || what.key === key);
}

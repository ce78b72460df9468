import { EffectLedger } from "./effect_ledger.ts";
import type { Effect, Repetition } from "./repetition.ts";

/**
 * The repetition of an activation that was executed by an older version, which recorded only the number of
 * its flushes. An attempt that reads its routine's state before its first effect continues, if there is a
 * state. Any other attempt repeats: its first flushes commit nothing.
 */
export class FlushRepetition implements Repetition {
  readonly committed = undefined;
  readonly ledger = new EffectLedger();
  #left: number;
  #held: Effect[] = [];
  #heldEmits = 0;
  #continues = false;

  /** @param flushes The number of flushes that have committed. */
  constructor(flushes: number) {
    this.#left = flushes;
  }

  get heldEmits(): number {
    return this.#heldEmits;
  }

  does(effect: Effect): void {
    if (this.#left === 0) return effect.make(true);
    this.#held.push(effect);
    if (effect.kind === "emit") this.#heldEmits++;
    if (this.#continues) this.#goOn();
  }

  reads(what: unknown, isCheckpoint = true): void {
    if (!isCheckpoint || what !== "state" || this.#held.some(({ kind }) => kind !== "log")) return;
    this.#continues = this.#left > 0;
  }

  flushes(): void {
    if (this.#left === 0) return;
    if (this.#continues) return this.#goOn();
    this.#left--;
    for (const effect of this.#takeHeld()) this.#count(effect);
  }

  ends(): void {
    this.#goOn();
  }

  #goOn(): void {
    this.#left = 0;
    for (const effect of this.#takeHeld()) effect.make(true);
  }

  #takeHeld(): Effect[] {
    const held = this.#held;
    this.#held = [];
    this.#heldEmits = 0;
    return held;
  }

  #count(effect: Effect): void {
    if (effect.kind === "emit") this.ledger.emit(effect.digest);
    else if (effect.kind === "write") this.ledger.write(effect.write);
    else this.ledger.log();
  }
}

/**
 * Numbers of the effects of an activation, up to some point, and digests of them.
 *
 * @example How much an activation has committed
 * ```ts
 * import type { EffectCounts } from "@millrace/flow/routine";
 *
 * function total({ emits, writes, logEntries }: EffectCounts): number {
 *   return emits + writes + logEntries;
 * }
 * ```
 */
export interface EffectCounts {
  /** Calls of `ctx.emit`. */
  readonly emits: number;
  /** Calls that write shared data or routine state, and of `ctx.waitFor`. */
  readonly writes: number;
  /** Entries of the shared log. */
  readonly logEntries: number;
  /** A digest of the emits: their events and payloads, in order. */
  readonly emitted: number;
  /** A digest of the writes: what was written to, in any order. */
  readonly written: number;
}

/**
 * The progress of an activation when it last wrote a value that a later attempt may read, to go on
 * from there.
 *
 * @example How much was emitted since
 * ```ts
 * import type { Checkpoint, Committed } from "@millrace/flow/routine";
 *
 * function emitsSince({ at }: Checkpoint, { emits }: Committed): number {
 *   return emits - at.emits;
 * }
 * ```
 */
export interface Checkpoint {
  /** The counts at that point. */
  readonly at: EffectCounts;
  /** Digests of the first emits that came next and are committed as well. */
  readonly next: readonly number[];
  /** A digest of the first value that was written there; absent where none was set. */
  readonly origin?: number | undefined;
}

/**
 * The effects that the flushes of an activation have committed, and another attempt is not to
 * repeat. What the function of a `sharedData.update` does is part of that update, and not counted
 * by itself.
 *
 * @example Activations that have committed a part
 * ```ts
 * import type { Job } from "@millrace/flow/events";
 *
 * function flushed({ live }: Job): string[] {
 *   return [...live].flatMap(([id, { committed }]) => committed === undefined ? [] : id);
 * }
 * ```
 */
export interface Committed extends EffectCounts {
  /** Digests of the first emits. */
  readonly first: readonly number[];
  /**
   * This was committed by the job that this one runs again. What is made of a job's ids is other in each
   * of them, so another attempt is not compared by the digests.
   */
  readonly isRerun?: true | undefined;
  /** The last write to the routine's state; absent if there was none. */
  readonly state?: Checkpoint | undefined;
  /** The last writes to keys of the shared data: to those written first, and to those written last. */
  readonly keys?: readonly (readonly [key: string, Checkpoint])[] | undefined;
}

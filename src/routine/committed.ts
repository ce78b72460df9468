/**
 * Counts and digests of the effects that the flushes of an activation have committed, and that are left out
 * of another attempt. Effects of the function of a `sharedData.update` belong to the update and are not
 * counted separately.
 */
export interface Committed extends EffectCounts {
  /** Digests of the first emits. */
  readonly first: readonly number[];
  /**
   * `true` if the effects were committed by the job that this job reruns. Values that contain the id of the
   * job differ between the two, so the digests are not compared.
   */
  readonly isRerun?: true | undefined;
  /** The last write to the routine's state; absent if there was none. */
  readonly state?: Checkpoint | undefined;
  /** The last writes to keys of the shared data: to the keys written first, and to those written last. */
  readonly keys?: readonly (readonly [key: string, Checkpoint])[] | undefined;
}

/** Numbers of the effects of an activation, up to some point, and digests of them. */
export interface EffectCounts {
  /** Calls of `ctx.emit`. */
  readonly emits: number;
  /** Calls that write shared data or routine state, and of `ctx.waitFor`. */
  readonly writes: number;
  /** Entries of the shared log. */
  readonly logEntries: number;
  /** A digest of the emits: their events and payloads, in order. */
  readonly emitted: number;
  /** A digest of the targets of the writes, independent of their order. */
  readonly written: number;
}

/**
 * The progress of an activation at its last write of a value. A later attempt that reads the value goes on
 * from there.
 */
export interface Checkpoint {
  /** The counts at that point. */
  readonly at: EffectCounts;
  /** Digests of the first committed emits after that point. */
  readonly next: readonly number[];
  /** A digest of the first value that was written there; absent if no value was set. */
  readonly origin?: number | undefined;
}

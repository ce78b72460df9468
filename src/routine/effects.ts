/**
 * What an activation did. Effects become visible together, when the activation commits, or not at
 * all. Timestamps are epoch milliseconds with fraction.
 */
export interface Effects {
  /** What was emitted, in order. */
  readonly emits: readonly Emit[];
  /** The last write to each key of the shared data. */
  readonly sharedData: readonly DataWrite[];
  /** What was appended to the shared log, in order. */
  readonly sharedLog: readonly LogWrite[];
  /** The fields to set in the routine's state; absent when there are none. */
  readonly routineState?: Readonly<Record<string, unknown>> | undefined;
  /** The signals to wait for; absent when there are none. */
  readonly waits?: readonly WaitRequest[] | undefined;
}

/** A payload emitted on an event. */
export interface Emit {
  /** The event's name. */
  readonly event: string;
  /** A copy of what was emitted. */
  readonly payload: unknown;
  /** When it was emitted. */
  readonly timestamp: number;
  /** What is moved with the payload instead of being copied. */
  readonly transfer?: readonly Transferable[] | undefined;
  /** Holds the payload back until the job is resumed, if it is `"resumed"`. */
  readonly when?: "resumed" | undefined;
}

/** A wish to wait for a signal from outside, without holding a worker. */
export interface WaitRequest {
  /** The signal's name, as `flow.signal` is given it. */
  readonly signal: string;
  /** The slot of the same routine that the signal's payload is delivered to. */
  readonly slot: string;
  /** Milliseconds to wait; absent to wait for ever. */
  readonly timeout?: number | undefined;
}

/** A write to one key of the shared data: a value, or its deletion. */
export type DataWrite =
  | { readonly key: string; readonly value: unknown; readonly deleted?: undefined }
  | { readonly key: string; readonly deleted: true };

/** An entry appended to the shared log. */
export interface LogWrite {
  /** A copy of what was appended. */
  readonly data: unknown;
  /** When it was appended. */
  readonly timestamp: number;
}

/** Effects of an activation that did nothing. */
export const NO_EFFECTS: Effects = { emits: [], sharedData: [], sharedLog: [] };

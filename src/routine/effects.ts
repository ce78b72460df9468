/**
 * The effects of an activation. They become visible together when it commits, or not at all. Timestamps are
 * epoch milliseconds with fraction.
 *
 * @example The keys of the shared data that an activation has written
 * ```ts
 * import { type Effects, WorkerPool } from "@millrace/flow/pool";
 * import { total } from "../../examples/fibonacci.ts";
 *
 * await using pool = new WorkerPool({ maxWorkers: 1 });
 * const effects: Effects = await pool.run(total, "number", 5);
 * console.log(effects.sharedData.map(({ key }) => key)); // [ "total" ]
 * console.log(effects.emits.length, effects.sharedLog.length); // 0 0
 * ```
 */
export interface Effects {
  /** The emits, in order. */
  readonly emits: readonly Emit[];
  /** The last write to each key of the shared data. */
  readonly sharedData: readonly DataWrite[];
  /** The entries appended to the shared log, in order. */
  readonly sharedLog: readonly LogWrite[];
  /** The fields to set in the routine's state; absent if there are none. */
  readonly routineState?: Readonly<Record<string, unknown>> | undefined;
  /** The signals to wait for; absent if there are none. */
  readonly waits?: readonly WaitRequest[] | undefined;
}

/** A payload emitted on an event. */
export interface Emit {
  /** The event's name. */
  readonly event: string;
  /** A copy of the emitted payload. */
  readonly payload: unknown;
  /** The time of the emit. */
  readonly timestamp: number;
  /** The objects that are moved with the payload instead of being copied. */
  readonly transfer?: readonly Transferable[] | undefined;
  /** `"resumed"` if the payload is held back until the job is resumed. */
  readonly when?: "resumed" | undefined;
  /** The time after the commit at which the payload is delivered, in milliseconds; absent for at once. */
  readonly delay?: number | undefined;
  /** `true` if the payload is absent, because the store dropped it once it was no longer needed. */
  readonly dropped?: true | undefined;
}

/** A request to wait for a signal from outside, without occupying a worker. */
export interface WaitRequest {
  /** The name of the signal, as passed to `flow.signal`. */
  readonly signal: string;
  /** The slot of the same routine to which the signal's payload is delivered. */
  readonly slot: string;
  /** The timeout of the wait, in milliseconds; absent for none. */
  readonly timeout?: number | undefined;
}

/** A write to one key of the shared data: a value, or its deletion. */
export type DataWrite =
  | { readonly key: string; readonly value: unknown; readonly deleted?: undefined }
  | { readonly key: string; readonly deleted: true };

/** An entry appended to the shared log. */
export interface LogWrite {
  /** A copy of the appended value. */
  readonly data: unknown;
  /** The time of `append`. */
  readonly timestamp: number;
}

/** The effects of an activation that has none. */
export const NO_EFFECTS: Effects = { emits: [], sharedData: [], sharedLog: [] };

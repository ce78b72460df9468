/**
 * The effects of an activation. They become visible together, when it commits, or not at
 * all. Timestamps are epoch milliseconds with fraction.
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

/**
 * A payload emitted on an event.
 *
 * @example The payloads that a routine emits on one of its events
 * ```ts
 * import { type Emit, WorkerPool } from "@millrace/flow/pool";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using pool = new WorkerPool({ maxWorkers: 1 });
 * const { emits } = await pool.run(fibonacci, "n", 10);
 * const on = (name: string) => ({ event }: Emit) => event === name;
 * console.log(emits.filter(on("result")).map(({ payload }) => payload)); // [ 55 ]
 * ```
 */
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
  /** `true` if the payload is absent, because the store dropped it once it was no longer needed. */
  readonly dropped?: true | undefined;
}

/**
 * A request to wait for a signal from outside, without occupying a worker.
 *
 * @example The signals that a routine waits for
 * ```ts
 * import { defineRoutine, slot } from "@millrace/flow";
 * import type { WaitRequest } from "@millrace/flow/pool";
 *
 * export const approval = defineRoutine(import.meta, {
 *   slots: { request: slot<string>(), answer: slot<boolean>() },
 *   handlers: {
 *     request: (_, ctx) => ctx.waitFor("approved", { deliverTo: "answer", timeout: 60_000 }),
 *     answer: () => {},
 *   },
 * });
 *
 * // The `waits` of `await pool.run(approval, "request", "a holiday")`:
 * const waits: WaitRequest[] = [{ signal: "approved", slot: "answer", timeout: 60_000 }];
 * console.log(waits.map(({ signal }) => signal)); // [ "approved" ]
 * ```
 */
export interface WaitRequest {
  /** The name of the signal, as passed to `flow.signal`. */
  readonly signal: string;
  /** The slot of the same routine to which the signal's payload is delivered. */
  readonly slot: string;
  /** The timeout of the wait, in milliseconds; absent for none. */
  readonly timeout?: number | undefined;
}

/**
 * A write to one key of the shared data: a value, or its deletion.
 *
 * @example Applying writes to a copy of the shared data
 * ```ts
 * import type { DataWrite } from "@millrace/flow/pool";
 *
 * function write(data: Map<string, unknown>, writes: readonly DataWrite[]): void {
 *   for (const write of writes) {
 *     if (write.deleted) data.delete(write.key);
 *     else data.set(write.key, write.value);
 *   }
 * }
 * const data = new Map<string, unknown>([["draft", "Dear"]]);
 * write(data, [{ key: "draft", deleted: true }, { key: "letter", value: "Dear all" }]);
 * console.log([...data]); // [ [ "letter", "Dear all" ] ]
 * ```
 */
export type DataWrite =
  | { readonly key: string; readonly value: unknown; readonly deleted?: undefined }
  | { readonly key: string; readonly deleted: true };

/**
 * An entry appended to the shared log.
 *
 * @example The log entries of a standalone run
 * ```ts
 * import { defineRoutine, slot } from "@millrace/flow";
 * import { type LogWrite, WorkerPool } from "@millrace/flow/pool";
 *
 * export const greet = defineRoutine(import.meta, {
 *   slots: { name: slot<string>() },
 *   handlers: { name: (name, ctx) => ctx.sharedLog.append(`Hello, ${name}`) },
 * });
 *
 * async function loggedBy(pool: WorkerPool, name: string): Promise<unknown[]> {
 *   const { sharedLog } = await pool.run(greet, "name", name);
 *   return sharedLog.map(({ data }: LogWrite) => data); // [ "Hello, Ada" ]
 * }
 * ```
 */
export interface LogWrite {
  /** A copy of the appended value. */
  readonly data: unknown;
  /** The time of `append`. */
  readonly timestamp: number;
}

/** The effects of an activation that has none. */
export const NO_EFFECTS: Effects = { emits: [], sharedData: [], sharedLog: [] };

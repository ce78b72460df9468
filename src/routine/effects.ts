/**
 * The effects of an activation. They become visible together, when it commits, or not at
 * all. Timestamps are epoch milliseconds with fraction.
 *
 * @example Which keys of the shared data an activation wrote
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
  /** The fields to set in the routine's state; absent when there are none. */
  readonly routineState?: Readonly<Record<string, unknown>> | undefined;
  /** The signals to wait for; absent when there are none. */
  readonly waits?: readonly WaitRequest[] | undefined;
}

/**
 * A payload emitted on an event.
 *
 * @example What a routine emits on one of its events
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
  /** A copy of what was emitted. */
  readonly payload: unknown;
  /** When it was emitted. */
  readonly timestamp: number;
  /** The objects that are moved with the payload instead of being copied. */
  readonly transfer?: readonly Transferable[] | undefined;
  /** Holds the payload back until the job is resumed, if it is `"resumed"`. */
  readonly when?: "resumed" | undefined;
  /** The payload is absent: the store let go of it once it was not needed any more. */
  readonly dropped?: true | undefined;
}

/**
 * A wish to wait for a signal from outside, without holding a worker.
 *
 * @example What a routine asks people for
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
 * // What `pool.run(approval, "request", "a holiday")` gives as `waits`.
 * const waits: WaitRequest[] = [{ signal: "approved", slot: "answer", timeout: 60_000 }];
 * console.log(waits.map(({ signal }) => signal)); // [ "approved" ]
 * ```
 */
export interface WaitRequest {
  /** The signal's name, as `flow.signal` is given it. */
  readonly signal: string;
  /** The slot of the same routine that the signal's payload is delivered to. */
  readonly slot: string;
  /** Milliseconds to wait; absent to wait for ever. */
  readonly timeout?: number | undefined;
}

/**
 * A write to one key of the shared data: a value, or its deletion.
 *
 * @example Making writes to a copy of the shared data
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
 * @example What a routine logs, by itself
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
  /** A copy of what was appended. */
  readonly data: unknown;
  /** When it was appended. */
  readonly timestamp: number;
}

/** Checks whether there are any effects. */
export function hasEffects(effects: Effects): boolean {
  const { emits, sharedData, sharedLog, routineState, waits } = effects;
  return emits.length > 0 || sharedData.length > 0 || sharedLog.length > 0 ||
    routineState !== undefined || waits !== undefined;
}

/** Effects of an activation that did nothing. */
export const NO_EFFECTS: Effects = { emits: [], sharedData: [], sharedLog: [] };

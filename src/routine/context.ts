import type { EmitPayload, Events, NamedEvents } from "./port.ts";
import type { Sendable, Sent } from "./sendable.ts";

/**
 * The second argument of a handler: the job it works for and the ways to have effects.
 * All effects become visible together when the handler ends well; if it throws, none does. After the
 * activation has ended, every call throws an `ActivationEndedError`.
 *
 * @example A handler that uses its context
 * ```ts
 * import {
 *   defineRoutine,
 *   event,
 *   type EventPort,
 *   type RoutineContext,
 *   slot,
 * } from "@millrace/flow/routine";
 *
 * export const sift = defineRoutine(import.meta, {
 *   slots: { words: slot<string[]>() },
 *   events: { long: event<string>() },
 *   config: { atLeast: 8 },
 *   handlers: {
 *     async words(words, ctx: RoutineContext<{ long: EventPort<string> }, { atLeast: number }>) {
 *       for (const word of words) {
 *         ctx.signal.throwIfAborted();
 *         if (word.length >= ctx.config.atLeast) await ctx.emit("long", word);
 *       }
 *       ctx.sharedLog.append(`attempt ${ctx.attempt} read ${words.length} words`);
 *     },
 *   },
 * });
 * ```
 */
export interface RoutineContext<
  E extends NamedEvents<E> = Events,
  Config extends object = object,
  SlotName extends string = string,
> {
  /** The flow; `""` in a standalone `pool.run`. */
  readonly flowId: string;
  /** The job; `""` in a standalone `pool.run`. */
  readonly jobId: string;
  /** The routine's id in its flow. */
  readonly routineId: string;
  /** The slot that the payload was delivered to. */
  readonly slot: string;
  /** This activation. */
  readonly activationId: string;
  /** Which attempt at the activation this is, from 1. */
  readonly attempt: number;
  /** The worker that executes it. */
  readonly workerId: string;
  /**
   * The routine's config, with what `flow.add` changed in it. It is frozen; a config that holds what
   * cannot be frozen, as a Map, a Date or bytes, is copied for each activation that reads it.
   */
  readonly config: Readonly<Config>;
  /** Aborts when the activation is to stop: its job is cancelled or has failed, or time is up. */
  readonly signal: AbortSignal;
  /** The data that the routines of one job share. */
  readonly sharedData: SharedData;
  /** The log that the routines of one job share. */
  readonly sharedLog: SharedLog;
  /** This routine's own state in this job. */
  readonly routineState: RoutineState;
  /** Carries the types of what can be emitted; never set. */
  readonly types?: {
    readonly emits: string extends keyof E ? unknown : (events: Partial<E>) => void;
  };

  /**
   * The time by the system clock: epoch milliseconds with fraction, on one time line with the host. Where
   * the clock is set while a job runs, the times in its history go on by the clock that it started by.
   */
  now(): number;

  /**
   * Emits a payload on an event, for every slot connected to it. The payload is copied at once.
   *
   * It may be awaited: once as many payloads are uncommitted as the flow's `highWaterMark` says,
   * that flushes, which waits while too much is queued. A source of any length so needs little
   * memory. See
   * `flush` for how to write a handler that does.
   *
   * An object without a prototype, as `Object.groupBy` makes one, arrives as a plain object, in which
   * `constructor` and other names of `Object.prototype` are found: look for keys by `Object.hasOwn`, or
   * emit a `Map`.
   *
   * @throws {UncloneableValueError} If the payload holds what structured clone would lose.
   */
  emit<Name extends keyof E & string>(
    event: Name,
    ...args: PayloadArguments<EmitPayload<E[Name]>, EmitOptions>
  ): PromiseLike<void> | undefined;

  /**
   * Waits for a signal from outside, as the approval of a person, without holding a worker: the wait
   * begins when the activation commits. `flow.signal` delivers its payload to a slot of this routine;
   * one that came before is delivered at once. An unanswered wait follows the routine's error policy.
   *
   * @param signal The signal's name.
   * @param options The slot to deliver to, and how long to wait.
   * @throws {InvalidOptionError} If the name is no plain text, or an option has a value that it cannot have.
   * @throws {UnknownSlotError} If the routine has no such slot.
   */
  waitFor(signal: string, options: WaitForOptions<SlotName>): void;

  /**
   * Commits what the activation has done so far, so that others see it before the handler ends.
   * After it, a failure takes back only what came later. While the job has more activations queued than
   * the flow's `highWaterMark`, it waits, unless no other worker would be left to execute them. Once the
   * activation was asked to stop, it rejects with the reason and commits nothing.
   *
   * What is committed is not done once more when the activation is: by a retry, or after a crash, be it
   * in another process. There are two ways to write a handler for that:
   *
   * - It **repeats**: each attempt does all from the beginning. What is committed is left out, effect by
   *   effect, wherever the flushes are by then. So each attempt has to emit the same payloads in the same
   *   order, and to write to the same keys; a time or a random number has no place in a payload. Written
   *   values and log entries may differ: those of the first attempt stay. The function of an update that
   *   is left out is not called.
   * - It **goes on**: before its first emit, write or wait, an attempt reads its checkpoint, which it
   *   wrote with what it covers: in `routineState`, or under a key of `sharedData`. It does what comes
   *   after; only what was committed after the checkpoint was written is left out, as by a flush of
   *   `await ctx.emit` that came between.
   *
   * An attempt goes on if it reads what an earlier attempt of this activation has written and flushed;
   * any other repeats. So a handler that repeats must not read, before its first effect, what it has
   * itself written since the last flush but one: where that is seen, as it writes the value again that it
   * wrote there first, it repeats; elsewhere it would emit twice. `ctx.attempt` counts attempts. One that
   * emits from the beginning all the same fails, and commits nothing more.
   *
   * @throws {RepeatMismatchError} If the attempt did not repeat what earlier ones have committed: here,
   * in `emit` or a write, or when the handler has ended.
   *
   * @example Going on from a checkpoint
   * ```ts
   * import { defineRoutine, event, slot } from "@millrace/flow/routine";
   *
   * export const readLines = defineRoutine(import.meta, {
   *   slots: { lines: slot<string[]>() },
   *   events: { line: event<string>() },
   *   handlers: {
   *     async lines(lines, ctx) {
   *       const { next = 0 } = await ctx.routineState.get<{ next: number }>();
   *       for (let i = next; i < lines.length; i++) {
   *         ctx.emit("line", lines[i] ?? "");
   *         ctx.routineState.patch({ next: i + 1 });
   *         if (i % 100 === 99) await ctx.flush();
   *       }
   *     },
   *   },
   * });
   * ```
   */
  flush(): Promise<void>;

  /**
   * Tells how far a long activation is. It is seen at once, by those who read the flow's events, and
   * is no effect: it stays even if the activation fails.
   *
   * @param data The progress, in any form, as `{ done: 3, of: 10 }`.
   * @throws {UncloneableValueError} If `data` holds what structured clone would lose.
   */
  progress<Data>(data: Data & Sendable<Data, "data">): void;
}

/**
 * A payload, which may be left out where it may be `undefined`, then options.
 *
 * @example A function that takes its arguments as `emit` does
 * ```ts
 * import type { EmitOptions } from "@millrace/flow";
 * import type { PayloadArguments } from "@millrace/flow/types";
 *
 * function describe<Payload>(...[payload, options]: PayloadArguments<Payload, EmitOptions>): string {
 *   return `${payload}${options?.when === "resumed" ? ", later" : ""}`;
 * }
 * console.log(describe<number>(5, { when: "resumed" })); // 5, later
 * console.log(describe<undefined>()); // undefined
 * ```
 */
export type PayloadArguments<Payload, Options> = undefined extends Payload
  ? [payload?: Sent<Payload>, options?: Options]
  : [payload: Sent<Payload>, options?: Options];

/**
 * Options of `ctx.waitFor`.
 *
 * @example Asking a person, and waiting for a day at most
 * ```ts
 * import { defineRoutine, slot, type WaitForOptions } from "@millrace/flow/routine";
 *
 * const options: WaitForOptions<"answer"> = { deliverTo: "answer", timeout: 24 * 60 * 60 * 1000 };
 *
 * export const approval = defineRoutine(import.meta, {
 *   slots: { request: slot<string>(), answer: slot<boolean>() },
 *   handlers: {
 *     request: (_, ctx) => ctx.waitFor("approved", options), // flow.signal(job, "approved", true)
 *     answer: (isApproved, ctx) => ctx.sharedData.set("approved", isApproved),
 *   },
 * });
 * ```
 */
export interface WaitForOptions<SlotName extends string = string> {
  /** The slot of the same routine that the signal's payload is delivered to. */
  readonly deliverTo: SlotName;
  /**
   * Milliseconds to wait. The clock starts when the activation commits.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/**
 * Options of `ctx.emit`.
 *
 * @example Moving bytes instead of copying them
 * ```ts
 * import { defineRoutine, type EmitOptions, event, slot } from "@millrace/flow/routine";
 *
 * export const encode = defineRoutine(import.meta, {
 *   slots: { text: slot<string>() },
 *   events: { bytes: event<Uint8Array>() },
 *   handlers: {
 *     text(text, ctx) {
 *       const bytes = new TextEncoder().encode(text);
 *       const options: EmitOptions = { transfer: [bytes.buffer] };
 *       ctx.emit("bytes", bytes, options); // `bytes` is empty from here on
 *     },
 *   },
 * });
 * ```
 */
export interface EmitOptions extends TransferOptions {
  /**
   * `"resumed"` holds the payload back until the job is resumed the next time; till then the job does
   * not end.
   *
   * @default Delivered when the activation commits.
   */
  readonly when?: "resumed";
}

/**
 * Objects to move instead of copying.
 *
 * @example Starting a job with a large file, without a copy
 * ```ts
 * import { defineRoutine, Flow, slot, type TransferOptions } from "@millrace/flow";
 *
 * export const measure = defineRoutine(import.meta, {
 *   slots: { bytes: slot<Uint8Array<ArrayBuffer>>() },
 *   handlers: { bytes: (bytes, ctx) => ctx.sharedData.set("size", bytes.length) },
 * });
 *
 * await using flow = new Flow().add("measure", measure);
 * flow.pause(); // as there is nothing to execute it in, here
 * const bytes = new Uint8Array(8_000_000);
 * const options: TransferOptions = { transfer: [bytes.buffer] };
 * flow.start("measure.bytes", bytes, options);
 * console.log(bytes.length); // 0
 * ```
 */
export interface TransferOptions {
  /**
   * Objects to move instead of copying, as in `postMessage`; unusable here afterwards. They are
   * moved all the way only if a single slot is connected to the event. To the compiler, the buffer
   * of a payload can be moved if that is declared as `Uint8Array<ArrayBuffer>`, say.
   *
   * @default {[]}
   */
  readonly transfer?: readonly Transferable[];
}

/**
 * `unknown`, except for a promise: then a type that no value has and that says that an update cannot wait.
 *
 * @example A function that calls others at once
 * ```ts
 * import type { Synchronous } from "@millrace/flow/types";
 *
 * function call<Value>(made: () => Value & Synchronous<Value>): Value {
 *   return made();
 * }
 * console.log(call(() => 5)); // 5
 * // @ts-expect-error it would not be waited for
 * call(async () => await Promise.resolve(5));
 * ```
 */
export type Synchronous<Value> = Value extends PromiseLike<unknown>
  ? { readonly "an update cannot wait for a promise": Value }
  : unknown;

/**
 * The data that the routines of one job share, by key. Reads see the activation's own writes, else
 * what was last committed. Writes are effects.
 *
 * @example Counting, from any number of activations
 * ```ts
 * import type { SharedData } from "@millrace/flow";
 *
 * async function count(word: string, sharedData: SharedData): Promise<void> {
 *   await sharedData.update<number>(word, (before = 0) => before + 1); // loses no other's update
 *   sharedData.set("latest", word); // the last to commit wins
 * }
 * ```
 *
 * @example Doing once what many ask for, as a crawler that sees a page linked from everywhere
 * ```ts
 * import { defineRoutine, event, slot } from "@millrace/flow/routine";
 *
 * export const frontier = defineRoutine(import.meta, {
 *   slots: { link: slot<string>() },
 *   events: { unseen: event<string>() },
 *   handlers: {
 *     async link(url, ctx) {
 *       await ctx.sharedData.update(`seen ${url}`, (times: number = 0) => {
 *         if (times === 0) ctx.emit("unseen", url);
 *         return times + 1;
 *       });
 *     },
 *   },
 * });
 * ```
 */
export interface SharedData {
  /** Reads a copy of the value, or `undefined`. */
  get<Value = unknown>(key: string): Promise<Value | undefined>;
  /** Checks whether the key has a value. */
  has(key: string): Promise<boolean>;
  /** The keys that have values, sorted. */
  keys(): Promise<string[]>;
  /**
   * Sets a value. The last activation to commit wins; use `update` to build on the value before.
   *
   * @throws {UncloneableValueError} If the value holds what structured clone would lose.
   */
  set<Value>(key: string, value: Value & Sendable<Value, "value">): void;
  /** Deletes a key. */
  delete(key: string): void;
  /**
   * Changes a value by a function of the value before, losing no other activation's update. The
   * function is called when the handler ends (or flushes), with the value committed by then, and no
   * other activation can change that value until this one commits. It must be synchronous. What it
   * emits, logs or sets is an effect as well, so it can act on the value; a `get` of the same
   * activation tries it before that, of which nothing is stored.
   *
   * @throws {TypeError} In the function of another update.
   */
  update<Value = unknown, Changed extends Value = Value>(
    key: string,
    change: (value: Value | undefined) => Changed & Synchronous<Changed>,
  ): Promise<void>;
}

/**
 * The log that the routines of one job share. Entries carry the time of `append`.
 *
 * @example The context of an activation
 * ```ts
 * import { defineRoutine, type SharedLog, slot } from "@millrace/flow/routine";
 *
 * function warn(log: SharedLog, message: string): void {
 *   log.append({ level: "warn", message });
 * }
 *
 * export const parse = defineRoutine(import.meta, {
 *   slots: { line: slot<string>() },
 *   handlers: {
 *     line(line, ctx) {
 *       if (line.trim() === "") warn(ctx.sharedLog, "an empty line");
 *     },
 *   },
 * });
 * ```
 */
export interface SharedLog {
  /**
   * Appends an entry, as an effect.
   *
   * @throws {UncloneableValueError} If the entry holds what structured clone would lose.
   */
  append<Entry>(entry: Entry & Sendable<Entry, "entry">): void;
}

/**
 * The state that one routine has in one job.
 *
 * @example Remembering the last payload
 * ```ts
 * import { defineRoutine, event, type RoutineState, slot } from "@millrace/flow/routine";
 *
 * async function hasChanged(state: RoutineState, value: number): Promise<boolean> {
 *   const { last } = await state.get<{ last: number }>();
 *   state.patch({ last: value });
 *   return value !== last;
 * }
 *
 * export const changes = defineRoutine(import.meta, {
 *   slots: { value: slot<number>() },
 *   events: { changed: event<number>() },
 *   handlers: {
 *     async value(value, ctx) {
 *       if (await hasChanged(ctx.routineState, value)) ctx.emit("changed", value);
 *     },
 *   },
 * });
 * ```
 */
export interface RoutineState {
  /** Reads a copy, with the activation's own changes in it. */
  get<State extends object = Record<string, unknown>>(): Promise<Partial<State>>;
  /**
   * Sets the fields given and leaves the others, as an effect. Where activations of the routine are
   * executed at once, the last to commit a field wins; to count, use `sharedData.update`.
   *
   * @throws {UncloneableValueError} If a field holds what structured clone would lose.
   */
  patch<Fields extends object>(fields: Fields & Sendable<Fields, "fields">): void;
}

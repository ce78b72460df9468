// The public interface `RoutineContext`: all that a handler can do. `worker/activation_context.ts` implements it.

import type { EmitPayload, Events, NamedEvents } from "./port.ts";
import type { Sendable, Sent } from "./sendable.ts";

/**
 * The second argument of a handler. It identifies the job and has the methods with which a handler causes
 * effects. All effects become visible together when the handler ends without an error; if it throws, none
 * does. After the activation has ended, every call throws an `ActivationEndedError`.
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
  /** The number of the attempt at the activation, from 1. */
  readonly attempt: number;
  /** The worker that executes it. */
  readonly workerId: string;
  /**
   * The routine's config, with the changes made by `flow.add`. It is frozen. If it contains values that
   * cannot be frozen, such as a Map, a Date or bytes, it is copied for each activation that reads it.
   */
  readonly config: Readonly<Config>;
  /** Aborts when the activation should stop: its job was cancelled or has failed, or its time is up. */
  readonly signal: AbortSignal;
  /** The data that the routines of one job share. */
  readonly sharedData: SharedData;
  /** The log that the routines of one job share. */
  readonly sharedLog: SharedLog;
  /** This routine's own state in this job. */
  readonly routineState: RoutineState;
  /** Carries the types of the payloads that can be emitted; never set. */
  readonly types?: {
    readonly emits: string extends keyof E ? unknown : (events: Partial<E>) => void;
  };

  /**
   * Returns the time by the system clock, in epoch milliseconds with fraction, on the same time line as the
   * host. If the system clock is set while a job runs, the times in the job's history still follow the clock
   * with which the job started.
   */
  now(): number;

  /**
   * Emits a payload on an event, for every slot connected to it. The payload is copied at once.
   *
   * The result may be awaited: once the number or the size of the uncommitted payloads reaches the flow's
   * `highWaterMark`, awaiting flushes them, and a flush waits while more than that is queued. A source of any
   * length, and of payloads of any size, therefore needs little memory. After its first flush, an activation flushes
   * large payloads earlier: from a 64th of the mark on. See `flush` for the ways to write a handler that flushes.
   *
   * An object without a prototype, as returned by `Object.groupBy`, arrives as a plain object, which inherits
   * `constructor` and other names from `Object.prototype`. Look up keys with `Object.hasOwn`, or emit a
   * `Map`.
   *
   * @throws {UncloneableValueError} If structured clone would lose a part of the payload.
   * @throws {InvalidOptionError} If an option has an invalid value.
   */
  emit<Name extends keyof E & string>(
    event: Name,
    ...args: PayloadArguments<EmitPayload<E[Name]>, EmitOptions>
  ): PromiseLike<void> | undefined;

  /**
   * Waits for a signal from outside, such as the approval by a person, without occupying a worker. The wait
   * begins when the activation commits. `flow.signal` delivers its payload to a slot of this routine; a
   * signal that was sent before the wait is delivered at once. If the wait times out, the routine's error
   * policy applies.
   *
   * @param signal The signal's name.
   * @param options The slot to which the payload is delivered, and the timeout.
   * @throws {InvalidOptionError} If the name is not a plain string, or an option has an invalid value.
   * @throws {UnknownSlotError} If the routine has no such slot.
   */
  waitFor(signal: string, options: WaitForOptions<SlotName>): void;

  /**
   * Commits the effects of the activation so far, so that other activations see them before the handler ends.
   * A later failure discards only the effects after the flush. Waits while the job has more activations, or more
   * bytes of payloads, queued than the flow's `highWaterMark`, unless no other worker would be left to execute them.
   * Rejects with the reason, and commits nothing, once the activation was asked to stop.
   *
   * Committed effects are not repeated when the activation is executed again, by a retry or after a crash,
   * even in another process. There are two ways to write a handler for that:
   *
   * - It **repeats**: each attempt starts from the beginning, and the committed effects are left out one by
   *   one, independently of the places of the flushes. Each attempt must therefore emit the same payloads in
   *   the same order, and write to the same keys; payloads must not contain the current time or random
   *   numbers. Written values and log entries may differ: those of the first attempt stay. The function of an
   *   update that is left out is not called.
   * - It **goes on**: it writes a checkpoint, to `routineState` or to a key of `sharedData`, together with
   *   the effects that the checkpoint covers. Each attempt reads the checkpoint before its first emit, write
   *   or wait, and continues from there. Only effects that were committed after the checkpoint was written
   *   are left out, such as those committed by an `await ctx.emit` in between.
   *
   * An attempt goes on if, before its first effect, it reads a value that an earlier attempt of the same
   * activation has written and flushed. Any other attempt repeats. A handler that repeats should therefore
   * not begin by reading values that it writes itself; `ctx.attempt` counts attempts. Such a read is detected
   * only if the handler then writes the same value that it wrote there first, or writes the value once before
   * all its emits. An attempt that goes on and again emits the first eight payloads fails.
   *
   * @throws {RepeatMismatchError} If the attempt did not repeat the effects that earlier attempts have
   * committed. The error is thrown here, by `emit`, by a write, or when the handler has ended.
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
   * Reports the progress of a long activation. The report reaches readers of the flow's events at once. It is
   * not an effect: it stays even if the activation fails.
   *
   * @param data The progress, in any form, as `{ done: 3, of: 10 }`.
   * @throws {UncloneableValueError} If structured clone would lose a part of `data`.
   */
  progress<Data>(data: Data & Sendable<Data, "data">): void;
}

/**
 * The arguments of `emit` after the event: a payload, which is optional if it may be `undefined`, and
 * options.
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
   * The time to wait, in milliseconds. The clock starts when the activation commits.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/**
 * Options of `ctx.emit`.
 *
 * @example Trying again later, while the job goes on
 * ```ts
 * import { defineRoutine, type EmitOptions, event, slot } from "@millrace/flow/routine";
 *
 * export const poll = defineRoutine(import.meta, {
 *   slots: { url: slot<string>() },
 *   events: { again: event<string>(), ready: event<string>() },
 *   handlers: {
 *     async url(url, ctx) {
 *       const response = await fetch(url, { signal: ctx.signal });
 *       const inAMinute: EmitOptions = { delay: 60_000 };
 *       if (response.status === 202) ctx.emit("again", url, inAMinute); // connected to the slot `url`
 *       else ctx.emit("ready", await response.text());
 *     },
 *   },
 * });
 * ```
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
   * `"resumed"` holds the payload back until the job is next resumed; the job does not end before that.
   *
   * @default Delivered when the activation commits.
   */
  readonly when?: "resumed";
  /**
   * The time after which the payload is delivered, in milliseconds. The clock starts when the emit is
   * committed: when the handler ends, or with the next flush. It runs while the job is paused or held back by
   * `when`, during outages, and while no process runs the job. With a durable store, a payload whose time has
   * come meanwhile is delivered when the job is recovered; a rerun delivers all of them at once.
   *
   * The job does not end before the payload was delivered. Until then the payload takes no worker and blocks
   * no other activation, but it counts as queued: at the `highWaterMark`, flushes and awaited emits of the job
   * wait until enough payloads were delivered. Where a job has many payloads with long delays, allow more. An
   * attempt that repeats the emit with another delay leaves it out all the same.
   *
   * @default {0}
   */
  readonly delay?: number;
}

/** Objects to move instead of copying. */
export interface TransferOptions {
  /**
   * Objects to move instead of copying, as in `postMessage`; the sender cannot use them afterwards. They are
   * moved all the way only if a single slot is connected to the event. To satisfy the compiler, declare a
   * payload whose buffer is moved as `Uint8Array<ArrayBuffer>`, for example.
   *
   * @default {[]}
   */
  readonly transfer?: readonly Transferable[];
}

/**
 * `unknown`, except for a promise: for that, a type without values whose key explains that an update cannot
 * wait.
 */
export type Synchronous<Value> = Value extends PromiseLike<unknown>
  ? { readonly "an update cannot wait for a promise": Value }
  : unknown;

/**
 * The data that the routines of one job share, by key. A read returns the activation's own write, or else the
 * last committed value. Writes are effects.
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
 * @example Doing a task once that many activations request, as in a crawler
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
  /** Returns a copy of the value, or `undefined`. */
  get<Value = unknown>(key: string): Promise<Value | undefined>;
  /** Checks whether the key has a value. */
  has(key: string): Promise<boolean>;
  /** Returns the keys that have values, sorted. */
  keys(): Promise<string[]>;
  /**
   * Sets a value. The last activation to commit wins; use `update` to compute a value from the previous one.
   *
   * @throws {UncloneableValueError} If structured clone would lose a part of the value.
   */
  set<Value>(key: string, value: Value & Sendable<Value, "value">): void;
  /** Deletes a key. */
  delete(key: string): void;
  /**
   * Replaces a value by a function of the previous value, without losing the updates of other activations.
   * The function must be synchronous. It is called when the handler ends or flushes, with the value that is
   * committed by then, and no other update can change the value until this one commits. A `set` or `delete` of
   * another activation does not wait for that, and may be replaced by a value that was computed without it: if
   * a key is updated, change it by updates only. If the activation itself has set or deleted the key, the
   * function is called at once. It may emit, log and set, and these effects are committed with the update. A
   * `get` in the same activation calls the function before that, to compute the value; the effects of that
   * call are discarded.
   *
   * @throws {TypeError} In the function of another update.
   */
  update<Value = unknown, Changed extends Value = Value>(
    key: string,
    change: (value: Value | undefined) => Changed & Synchronous<Changed>,
  ): Promise<void>;
}

/**
 * The log that the routines of one job share. Each entry has the time of `append`.
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
   * @throws {UncloneableValueError} If structured clone would lose a part of the entry.
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
  /** Returns a copy of the state that includes the activation's own changes. */
  get<State extends object = Record<string, unknown>>(): Promise<Partial<State>>;
  /**
   * Sets the given fields and leaves the others unchanged, as an effect. If activations of the routine
   * execute concurrently, the last one to commit a field wins; use `sharedData.update` for counters.
   *
   * @throws {UncloneableValueError} If structured clone would lose a part of a field.
   */
  patch<Fields extends object>(fields: Fields & Sendable<Fields, "fields">): void;
}

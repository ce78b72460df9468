// A routine with the config of one flow, in the worker that has loaded it, and its estimates.
// `RoutineTable` makes it, `Runner` calls its handlers.

import { deepFreeze, isDeepFrozen } from "../data/deep_freeze.ts";
import { serializeError } from "../data/serialized_error.ts";
import { SlotValidationError } from "../errors/flow_errors.ts";
import type { BindingMessage } from "../wire/messages.ts";
import type { Item } from "../wire/items.ts";
import type { RoutineContext } from "../routine/routine_context.ts";
import type { Slots } from "../routine/port.ts";
import { type Handler, handlersOf } from "../routine/routine.ts";
import type { Schema } from "../routine/schema.ts";
import { frozenCopy } from "./fixed_config.ts";
import { callAs, callOutside, ModuleOwner } from "./owner.ts";
import { loadRoutine } from "./load_routine.ts";
import { loadTraceModule, type RunInTrace } from "./traced_call.ts";

/** The part of a duration that it contributes to the estimate. */
const WEIGHT = 1 / 16;

/** A routine and its place in a flow. It is loaded on first use. */
export class BoundRoutine {
  /** The message of the host that introduced the routine. */
  readonly message: BindingMessage;
  /** The names of its events. */
  events: object = {};
  /** The receivers to which the worker may go straight on, by event; absent if there are none. */
  ways: ReadonlyMap<string, { readonly binding: number; readonly slot: number }> | undefined;
  /** Calls handlers in their traces, if the flow is traced. */
  runInTrace: RunInTrace | undefined;
  readonly #conditions: LoadConditions;
  /** `true` if the config is deeply immutable. */
  readonly #isConfigFixed: boolean;
  #handlers: readonly Handler[] = [];
  #schemas: readonly (Schema | undefined)[] = [];
  #loading: Promise<void> | undefined;
  #isLoaded = false;
  #estimate = Infinity;
  /** `true` for each slot whose handler has never awaited so far; absent before its first call. */
  readonly #isSynchronous: boolean[] = [];

  constructor(message: BindingMessage, conditions: LoadConditions) {
    // Frozen, as all activations in this worker share the config.
    this.message = deepFreeze(message);
    this.#isConfigFixed = isDeepFrozen(message.config);
    this.#conditions = conditions;
  }

  /** The config for one activation; a copy if it contains mutable values, such as a Map. */
  get config(): BindingMessage["config"] {
    return this.#isConfigFixed ? this.message.config : frozenCopy(this.message.config);
  }

  /** Checks whether the routine is loaded. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /**
   * The estimated duration of a task, in milliseconds: the mean of the last ones. A very long one affects it for
   * a while, as another may follow; a few milliseconds, as a thread loses by an interruption, hardly do.
   */
  get estimate(): number {
    return this.#estimate;
  }

  /** Updates the estimate with the duration of a task. */
  measured(ms: number): void {
    const before = this.#estimate;
    this.#estimate = before === Infinity ? ms : before + (ms - before) * WEIGHT;
  }

  /** Checks whether the handler of a slot has never awaited so far. */
  isSynchronous(slot: number): boolean {
    return this.#isSynchronous[slot] === true;
  }

  /** Records whether the handler of a slot has awaited. */
  learn(slot: number, isSynchronous: boolean): void {
    if (this.#isSynchronous[slot] !== false) this.#isSynchronous[slot] = isSynchronous;
  }

  /**
   * Loads the routine, once. The load can be retried after a failure, as a late module may have loaded since.
   * A module that threw an error does so in every retry in this thread, so the host retries in another one.
   */
  load(): Promise<void> {
    return this.#loading ??= this.#load().catch((error) => {
      this.#loading = undefined;
      throw error;
    });
  }

  /** Calls the handler of a slot with the payload, which the slot's schema validates first. */
  handle(slot: number, payload: unknown, context: RoutineContext): unknown {
    const handler = this.#handlers[slot] as Handler;
    const schema = this.#schemas[slot];
    if (schema === undefined) return handler(payload, context);
    const result = schema["~standard"].validate(payload);
    if ("then" in result) {
      return Promise.resolve(result).then((result) => handler(valid(result, context), context));
    }
    return handler(valid(result, context), context);
  }

  async #load(): Promise<void> {
    const { number: binding, slots, traceModule } = this.message;
    this.#conditions.report({ type: "loading", binding });
    const { timeout, programStartedAt } = this.#conditions;
    const owner = new ModuleOwner(binding);
    let error;
    try {
      // Loaded meanwhile, and given up in time, so that it never makes the load of the routine fail.
      const tracing = traceModule === undefined
        ? undefined
        : loadTraceModule(traceModule, timeout / 2);
      const routine = await callOutside(() =>
        callAs(owner, () => loadRoutine(this.message, timeout, programStartedAt))
      );
      if (tracing !== undefined) this.runInTrace = await tracing;
      this.#handlers = slots.map((slot) => handlersOf(routine)?.[slot] as Handler);
      const declared = routine.slots as Slots;
      this.#schemas = slots.map((slot) => declared[slot]?.schema);
      this.events = routine.events;
      this.#isLoaded = true;
      this.#conditions.loaded(this.message.module);
    } catch (thrown) {
      error = serializeError(thrown);
      throw thrown;
    } finally {
      owner.loaded();
      this.#conditions.report({ type: "loaded", binding, error });
    }
  }
}

/** The conditions under which a worker loads routines. */
export interface LoadConditions {
  /** The time that a module may take to load, in milliseconds. */
  readonly timeout: number;
  /** The time at which the program started, in epoch milliseconds. */
  readonly programStartedAt: number;
  /** Called with the URL of a module that has loaded. */
  loaded(module: string): void;
  /** Sends an item to the host, which supervises the duration of the load. */
  report(item: Item): void;
}

function valid(
  result: Awaited<ReturnType<Schema["~standard"]["validate"]>>,
  { routineId, slot }: RoutineContext,
): unknown {
  if (result.issues === undefined) return result.value;
  throw new SlotValidationError(`${routineId}.${slot}`, result.issues);
}

import { agree, now } from "../data/clock.ts";
import { Fifo } from "../data/fifo.ts";
import { reviveError, type SerializedError, serializeError } from "../data/serialized_error.ts";
import { Cells, DONE, TOLD } from "../pool/cells.ts";
import {
  type BindingMessage,
  type Entry,
  type HostMessage,
  TASKS_AT,
  type TasksMessage,
} from "../pool/protocol.ts";
import { noteExecuting } from "../routine/loading.ts";
import { ActivationContext } from "./activation_context.ts";
import { BoundRoutine } from "./bound_routine.ts";
import type { HostLink } from "./host_link.ts";
import { userStack } from "./user_stack.ts";

/** A task that may take longer than this, in milliseconds, is not to keep back results. */
const LONG_MS = 0.1;
/** So many microtasks a handler may await without results being sent meanwhile. */
const MICROTASKS = 8;

type AbortMessage = Extract<HostMessage, { type: "abort" }>;

/** Executes the tasks that a worker is sent, one at a time. */
export class Runner {
  readonly #workerId: string;
  readonly #link: HostLink;
  readonly #bindings = new Map<number, BoundRoutine>();
  readonly #line = new Fifo<TasksMessage>();
  #cells!: Cells;
  #loadTimeout = Infinity;
  #current: ActivationContext | undefined;
  /** For a task whose routine is being loaded. */
  #earlyAbort: AbortMessage | undefined;
  #isRunning = false;
  /** The number of the first task that no message has told of. */
  #next = 0;

  constructor(workerId: string, link: HostLink) {
    this.#workerId = workerId;
    this.#link = link;
  }

  /** Does what a message of the host says. */
  receive(message: HostMessage): void {
    if (isTasks(message)) {
      this.#next = message[0] + (message.length - TASKS_AT) / 2;
      message[2]?.forEach((binding) => this.#bind(binding));
      if (this.#isRunning) this.#line.push(message);
      else this.#start(message);
      return;
    }
    switch (message.type) {
      case "answer":
        return this.#link.answer(message.ask, message.value, message.error);
      case "abort":
        return this.#abort(message);
      case "load":
        return this.#load(this.#bind(message.binding));
      case "forget":
        return void this.#bindings.delete(message.binding);
      case "start":
        agree(message.sentAt, message.heardAt);
        this.#cells = new Cells(message.cells);
        this.#loadTimeout = message.loadTimeout;
        return;
      default:
        message satisfies never;
    }
  }

  /** A message came that cannot be read: tasks, or an answer that one of them waits for. */
  unreadable(): void {
    this.#link.giveUp(new TypeError("what was to be read here is too deeply nested"));
    this.#link.post({ type: "unreadable", from: this.#next });
  }

  /** Executes what there is, and what comes meanwhile. */
  #start(batch: TasksMessage): void {
    this.#isRunning = true;
    this.#stretch(batch, 0, now());
  }

  /** Executes tasks in one stretch, from the first that is not done to one that awaits something. */
  #stretch(batch: TasksMessage | undefined, from: number, at: number): void {
    for (; batch !== undefined; batch = this.#line.shift(), from = 0) {
      this.#link.keepFrom(at);
      const first = batch[0];
      const length = (batch.length - TASKS_AT) / 2;
      for (let i = from; i < length; i++) {
        if (!this.#cells.claim(first + i)) continue;
        const end = this.#execute(first + i, batch, i, at);
        if (typeof end !== "number") {
          const rest = batch;
          return void end.then((at) => this.#stretch(rest, i + 1, at));
        }
        // What ends one task begins the next: there is nothing between them.
        at = end;
      }
      this.#link.flush();
    }
    this.#isRunning = false;
  }

  /** Executes a task; its end is known at once if its handler awaits nothing. */
  #execute(task: number, batch: TasksMessage, i: number, at: number): number | Promise<number> {
    const bound = this.#bindings.get(this.#cells.binding(task)) as BoundRoutine;
    if (!bound.isLoaded) return this.#loadAndExecute(bound, task, batch, i);
    let startedAt = at;
    if (bound.estimate > LONG_MS && this.#link.hasResults) {
      this.#link.flush();
      startedAt = now();
    }
    this.#cells.start(task, startedAt);
    const jobIds = batch[1];
    const slot = this.#cells.slot(task);
    const context = new ActivationContext(
      task,
      bound,
      bound.message.slots[slot] as string,
      batch[TASKS_AT + i * 2 + 1] as string,
      typeof jobIds === "string" ? jobIds : jobIds[i] as string,
      this.#cells.attempt(task),
      this.#workerId,
      this.#link,
    );
    this.#current = context;
    noteExecuting(true);
    if (this.#earlyAbort !== undefined) this.#abort(this.#earlyAbort);
    try {
      const result = bound.handle(slot, batch[TASKS_AT + i * 2], context);
      if (isThenable(result) || context.isUnsettled) {
        return this.#settle(context, bound, startedAt, result);
      }
      return this.#succeed(context, bound, startedAt);
    } catch (thrown) {
      return this.#end(context, bound, startedAt, failureOf(thrown));
    }
  }

  async #loadAndExecute(
    bound: BoundRoutine,
    task: number,
    batch: TasksMessage,
    i: number,
  ): Promise<number> {
    this.#link.flush();
    const startedAt = now();
    this.#cells.start(task, startedAt);
    try {
      await bound.load();
    } catch (error) {
      return this.#tell(task, serializeError(error));
    }
    return await this.#execute(task, batch, i, now());
  }

  /** Waits for the handler, and for what has to be done before its effects can commit. */
  async #settle(
    context: ActivationContext,
    bound: BoundRoutine,
    startedAt: number,
    result: unknown,
  ): Promise<number> {
    try {
      if (this.#link.hasResults) await this.#flushUnlessQuick(result);
      await result;
      context.close();
      if (context.isUnsettled) await context.settle();
      return this.#succeed(context, bound, startedAt);
    } catch (thrown) {
      return this.#end(context, bound, startedAt, failureOf(thrown));
    }
  }

  /** Sends the results before a wait; a handler that only has `async` before it makes none. */
  async #flushUnlessQuick(result: unknown): Promise<void> {
    let isSettled = false;
    const onSettled = () => {
      isSettled = true;
    };
    Promise.resolve(result).then(onSettled, onSettled);
    for (let i = 0; i < MICROTASKS && !isSettled; i++) await undefined;
    if (!isSettled) this.#link.flush();
  }

  #succeed(context: ActivationContext, bound: BoundRoutine, startedAt: number): number {
    return this.#end(context, bound, startedAt, context.hasEffects ? context.take() : undefined);
  }

  #end(
    context: ActivationContext,
    bound: BoundRoutine,
    startedAt: number,
    entry: Entry | undefined,
  ): number {
    context.end();
    this.#current = undefined;
    noteExecuting(false);
    const endedAt = now();
    bound.measured(endedAt - startedAt);
    return this.#tell(context.task, entry, endedAt);
  }

  #tell(task: number, entry: Entry | undefined, endedAt: number = now()): number {
    if (entry !== undefined) this.#link.keep(entry);
    this.#cells.finish(task, endedAt, entry === undefined ? DONE : TOLD);
    return this.#link.ended(endedAt);
  }

  #bind(message: BindingMessage): BoundRoutine {
    let bound = this.#bindings.get(message.number);
    if (bound === undefined) {
      bound = new BoundRoutine(message, this.#link, this.#loadTimeout);
      this.#bindings.set(message.number, bound);
    }
    return bound;
  }

  #load(bound: BoundRoutine): void {
    // What goes wrong is told by the routine itself.
    if (!bound.isLoaded) bound.load().catch(() => {});
    else this.#link.post({ type: "loaded", binding: bound.message.number, error: undefined });
  }

  #abort(message: AbortMessage): void {
    this.#earlyAbort = undefined;
    if (this.#current === undefined) this.#earlyAbort = message;
    else if (this.#current.task === message.task) this.#current.abort(reviveError(message.reason));
  }
}

function isTasks(message: HostMessage): message is TasksMessage {
  return Array.isArray(message);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

function failureOf(thrown: unknown): SerializedError {
  const error = serializeError(thrown);
  return error.stack === undefined ? error : { ...error, stack: userStack(error.stack) };
}

import { after, type Timer } from "../data/option.ts";
import { reviveError, type SerializedError, serializeError } from "../data/serialized_error.ts";
import { threadEnd } from "../data/thread_lock.ts";
import { UncaughtError } from "../errors/uncaught_error.ts";
import { WorkerLostError } from "../errors/worker_lost_error.ts";
import { WorkerStartError } from "../errors/worker_start_error.ts";
import { fingerprintOf } from "../routine/fingerprint.ts";
import type {
  BindingMessage,
  HostMessage,
  Request,
  ResultMessage,
  WorkerMessage,
} from "./protocol.ts";
import type { Binding, Outcome, Task } from "./task.ts";

const ENTRY = new URL("../../workers/worker.ts", import.meta.url);

/** A task being executed, and the time it has left if it was told to stop. */
interface Held {
  readonly task: Task;
  grace: Timer | undefined;
}

/** What a worker tells its pool. */
export interface PoolWorkerEvents {
  /** It has started and waits for a task. */
  ready(worker: PoolWorker): void;
  /** Its task has ended and it waits for the next. */
  idle(worker: PoolWorker): void;
  /** It can be used no more; `error` says why if that was not asked for. */
  dead(worker: PoolWorker, error: Error | undefined): void;
  /** Its thread has ended. */
  gone(worker: PoolWorker): void;
}

/** One Web Worker of a pool, from its start to the end of its thread. */
export class PoolWorker {
  /** The worker's id, as `w1`. */
  readonly id: string;
  /** When it last became idle, in milliseconds of `performance.now()`. */
  idleSince = 0;
  readonly #worker: Worker;
  readonly #events: PoolWorkerEvents;
  readonly #bindings = new Map<Binding, number>();
  readonly #held = new Map<number, Held>();
  readonly #loads = new Map<number, (error: Error | undefined) => void>();
  readonly #started = Promise.withResolvers<void>();
  #numbered = 0;
  #isReady = false;
  #isDead = false;

  constructor(id: string, events: PoolWorkerEvents) {
    this.id = id;
    this.#events = events;
    const name = `millrace/${crypto.randomUUID()}/${id}`;
    this.#worker = new Worker(ENTRY, { type: "module", name });
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => this.#receive(data, name);
    this.#worker.onmessageerror = () =>
      this.#die(new WorkerLostError(`worker ${id} sent what cannot be read`, { workerId: id }));
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(
        this.#isReady
          ? new WorkerLostError(`worker ${id} died: ${event.message}`, { workerId: id })
          : new WorkerStartError(
            `worker ${id} did not start: ${event.message}; it needs to read ${ENTRY} and the modules of its routines`,
            { workerId: id },
          ),
      );
    };
  }

  /** Whether it executes a task. */
  get isBusy(): boolean {
    return this.#held.size > 0;
  }

  /** Resolves once it is ready or dead. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Whether it has started. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Executes a task. */
  run(task: Task): void {
    const bindings: BindingMessage[] = [];
    const binding = this.#bind(task.binding, bindings);
    const ticket = ++this.#numbered;
    const { slot, payload, jobId, activationId, attempt, transfer } = task;
    this.#held.set(ticket, { task, grace: undefined });
    const message = { ticket, binding, slot, payload, jobId, activationId, attempt };
    try {
      this.#post({ type: "tasks", bindings, tasks: [message] }, transfer);
    } catch (error) {
      // The payload was copied before, so this is a transfer list that asks for the impossible.
      this.#end(ticket, { error: serializeError(error), execution: undefined });
      this.#events.idle(this);
    }
  }

  /** Loads a routine; resolves with what went wrong, if anything did. */
  load(binding: Binding): Promise<Error | undefined> {
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    const ask = ++this.#numbered;
    this.#loads.set(ask, resolve);
    this.#post({ type: "load", ask, binding: this.#describe(binding, ask) });
    return promise;
  }

  /**
   * Tells a task to stop, and gives the worker up if it does not within `grace` milliseconds.
   *
   * @returns Whether the task is executed here.
   */
  abort(task: Task, reason: Error, grace: number): boolean {
    for (const [ticket, held] of this.#held) {
      if (held.task !== task) continue;
      this.#post({ type: "abort", ticket, reason: serializeError(reason) });
      held.grace ??= after(grace, () => this.terminate(this.#didNotStop(task, reason, grace)));
      return true;
    }
    return false;
  }

  /**
   * Gives the worker up.
   *
   * @param error What to fail its task with, if it has one.
   */
  terminate(error?: Error): void {
    this.#die(error);
  }

  #receive(message: WorkerMessage, name: string): void {
    if (this.#isDead) return;
    switch (message.type) {
      case "ready":
        this.#isReady = true;
        this.#started.resolve();
        void this.#awaitEnd(name);
        return this.#events.ready(this);
      case "results":
        for (const result of message.results) this.#end(result.ticket, this.#outcomeOf(result));
        if (!this.isBusy && !this.#isDead) this.#events.idle(this);
        return;
      case "ask":
        return this.#answer(message.ask, message.ticket, message.request);
      case "progress":
        return this.#held.get(message.ticket)?.task.progress(message.data);
      case "loaded":
        this.#loads.get(message.ask)?.(message.error && reviveError(message.error));
        this.#loads.delete(message.ask);
        return;
      case "uncaught":
        return this.#die(uncaught(this.id, message.error));
      default:
        message satisfies never;
    }
  }

  #answer(ask: number, ticket: number, request: Request): void {
    const task = this.#held.get(ticket)?.task;
    if (task === undefined) return;
    const answer = (value?: unknown) => {
      if (!this.#isDead) this.#post({ type: "answer", ask, value });
    };
    switch (request.kind) {
      case "get":
        return answer(task.get(request.key));
      case "keys":
        return answer(task.keys());
      case "routineState":
        return answer(task.routineState());
      case "lock":
        return task.lock(request.keys, answer);
      case "flush":
        task.flush(request.effects);
        return answer();
      default:
        request satisfies never;
    }
  }

  /** Notices when the thread ends by itself, and when it has ended after it was given up. */
  async #awaitEnd(name: string): Promise<void> {
    await threadEnd(name);
    // What it sent before it ended may still be on its way here.
    await new Promise((resolve) => setTimeout(resolve));
    this.#die(
      new WorkerLostError(
        `worker ${this.id} ended in the middle of its work; a routine called self.close() or Deno.exit()`,
        { workerId: this.id },
      ),
    );
    this.#events.gone(this);
  }

  #die(error: Error | undefined): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#worker.terminate();
    this.#started.resolve();
    // Without a lock to wait for, the thread cannot be seen to end.
    if (!this.#isReady) this.#events.gone(this);
    const lost = error ?? new WorkerLostError(`worker ${this.id} was ended`, { workerId: this.id });
    const failure = serializeError(lost);
    for (const ticket of [...this.#held.keys()]) {
      this.#end(ticket, { error: failure, execution: undefined });
    }
    for (const resolve of this.#loads.values()) resolve(lost);
    this.#loads.clear();
    this.#events.dead(this, error);
  }

  #end(ticket: number, outcome: Outcome): void {
    const held = this.#held.get(ticket);
    if (held === undefined) return;
    this.#held.delete(ticket);
    clearTimeout(held.grace);
    held.task.end(outcome);
  }

  #outcomeOf({ startedAt, endedAt, effects, error }: ResultMessage): Outcome {
    const execution = { workerId: this.id, startedAt, endedAt };
    return effects === undefined
      ? { error: error as SerializedError, execution }
      : { effects, execution };
  }

  #didNotStop(task: Task, reason: Error, grace: number): WorkerLostError {
    return new WorkerLostError(
      `worker ${this.id} was given up: its activation did not stop within ${grace} ms of being told to (${reason.message}); let the handler heed ctx.signal`,
      { cause: reason, workerId: this.id, activationId: task.activationId },
    );
  }

  #bind(binding: Binding, messages: BindingMessage[]): number {
    const known = this.#bindings.get(binding);
    if (known !== undefined) return known;
    const number = ++this.#numbered;
    this.#bindings.set(binding, number);
    messages.push(this.#describe(binding, number));
    return number;
  }

  #describe(binding: Binding, number: number): BindingMessage {
    const { routine, config, flowId, routineId } = binding;
    const { module, ordinal } = routine;
    const fingerprint = fingerprintOf(routine);
    return { binding: number, module, ordinal, fingerprint, config, flowId, routineId };
  }

  #post(message: HostMessage, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, [...transfer]);
  }
}

function uncaught(workerId: string, data: SerializedError): UncaughtError {
  const cause = reviveError(data);
  return new UncaughtError(
    `something a routine left running failed: ${cause.name}: ${cause.message}; await all that a handler starts`,
    { cause, workerId },
  );
}

import { now } from "../data/clock.ts";
import { reviveError, type SerializedError, serializeError } from "../data/serialized_error.ts";
import { after, type Timer } from "../data/timer.ts";
import { UncaughtError } from "../errors/uncaught_error.ts";
import type { Bound } from "./bound.ts";
import { CLAIMED } from "./cells.ts";
import type { HeldTask } from "./held_task.ts";
import { giveBack } from "./lane.ts";
import { unpackEffects } from "./packed_effects.ts";
import type {
  BindingMessage,
  Request,
  ResultsMessage,
  TasksMessage,
  WorkerMessage,
} from "./protocol.ts";
import type { Task } from "./task.ts";
import {
  blockedByModule,
  broken,
  didNotStop,
  ended,
  left,
  notStarted,
  silent,
  uncaught,
  unreadable,
  unresponsive,
} from "./worker_errors.ts";
import { WorkerLine } from "./worker_line.ts";
import { WorkerThread } from "./worker_thread.ts";

/** How long things may take that a worker cannot be trusted with, in milliseconds. */
export interface Patience {
  /** For a handler to end after it was told to. */
  readonly grace: number;
  /** For a module to load. */
  readonly loadTimeout: number;
}

/** What a worker tells its pool. */
export interface PoolWorkerEvents {
  /** It has started. */
  ready(worker: PoolWorker): void;
  /** Tasks have ended; it may be given others. */
  advanced(worker: PoolWorker): void;
  /**
   * It can be used no more; `error` says why if that was not asked for, and others are to execute the
   * tasks that are left.
   */
  dead(worker: PoolWorker, error: Error | undefined, left: HeldTask[]): void;
  /** It is dead, and its thread never yields. */
  stuck(worker: PoolWorker): void;
  /** Its thread has ended. */
  gone(worker: PoolWorker): void;
  /** Something failed in it while it executed nothing. */
  uncaught(error: UncaughtError): void;
}

/** One Web Worker of a pool, from its start to the end of its thread. */
export class PoolWorker {
  /** The worker's id, as `w1`. */
  readonly id: string;
  /** Its place among the pool's workers, which it leaves to another when it is dead. */
  readonly index: number;
  /** The tasks it holds. */
  readonly line: WorkerLine;
  /** How many tasks it was given. */
  given = 0;
  readonly #events: PoolWorkerEvents;
  readonly #patience: Patience;
  readonly #thread: WorkerThread;
  readonly #known = new Map<number, BindingMessage>();
  readonly #loads = new Map<number, Loading>();
  readonly #started = Promise.withResolvers<void>();
  #isReady = false;
  /** Why it can be used no more, once that is so. */
  #death: Error | undefined;

  constructor(id: string, index: number, patience: Patience, events: PoolWorkerEvents) {
    this.id = id;
    this.index = index;
    this.line = new WorkerLine(id, index);
    this.#patience = patience;
    this.#events = events;
    this.#thread = new WorkerThread(id, {
      message: (message) => this.#receive(message),
      broken: (why) => this.#die(this.#isReady ? broken(id, why) : notStarted(id, why)),
      stuck: () => events.stuck(this),
      gone: () => {
        this.#die(left(id, "self.close() or Deno.exit()"));
        events.gone(this);
      },
    });
  }

  /** Whether it holds a task. */
  get isBusy(): boolean {
    return this.line.size > 0;
  }

  get #isDead(): boolean {
    return this.#death !== undefined;
  }

  /** Whether it loads routines that somebody waits for. */
  get isLoading(): boolean {
    return this.#loads.size > 0;
  }

  /** Whether it has started. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Resolves once it is ready or dead. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Gives it tasks: one that has a transfer alone, and to an idle worker only. */
  give(batch: readonly HeldTask[]): void {
    const { line } = this;
    const wasIdle = line.size === 0;
    const first = line.next;
    const tasks: unknown[] = [];
    let jobIds: string | string[] = batch[0]?.task.jobId ?? "";
    let bindings: BindingMessage[] | undefined;
    for (const held of batch) {
      const { task, bound } = held;
      if (!this.#known.has(bound.number)) (bindings ??= []).push(this.#introduce(bound));
      if (typeof jobIds === "string" && task.jobId !== jobIds) {
        jobIds = batch.map(({ task }) => task.jobId);
      }
      tasks.push(task.payload, task.activationId);
      line.push(held);
    }
    this.given += batch.length;
    try {
      const message: TasksMessage = [first, jobIds, bindings, ...tasks];
      this.#thread.post(message, batch[0]?.task.transfer);
    } catch (error) {
      return this.#refuse(first, serializeError(error));
    }
    if (!wasIdle) return;
    line.progressAt = performance.now();
    batch[0]?.begin(this.id);
  }

  /** Loads a routine; resolves with what went wrong, if anything did. */
  load(bound: Bound): Promise<Error | undefined> {
    if (this.#death !== undefined) return Promise.resolve(this.#death);
    const loading = this.#loading(bound.number);
    this.#thread.post({ type: "load", binding: this.#introduce(bound) });
    return loading.result.promise;
  }

  /** Drops what it knows of a binding that will not be used again. */
  forget(binding: number): void {
    if (this.#known.delete(binding)) this.#thread.post({ type: "forget", binding });
  }

  /** Takes a task back that was not begun. */
  revoke(task: Task): HeldTask | undefined {
    const number = this.line.find(task);
    const held = number === undefined ? undefined : this.line.get(number);
    if (number === undefined || held === undefined || held.isBegun) return undefined;
    const taken = this.line.takeBack(number);
    // Who asks has to know that the worker was faster.
    if (taken === undefined) held.begin(this.id);
    return taken;
  }

  /** When it began to execute a task; `undefined` if it is not at it. */
  startedAt(task: Task): number | undefined {
    const number = this.line.find(task);
    if (number === undefined || this.line.cells.state(number) !== CLAIMED) return undefined;
    return this.line.cells.startedAt(number) || undefined;
  }

  /** Sees what it does that it has not told, and gives it up if it does not take up its work. */
  look(): void {
    this.line.look();
    const { loadTimeout } = this.#patience;
    const idleFor = performance.now() - this.line.progressAt;
    if (this.line.isStalled && idleFor > loadTimeout) this.#die(unresponsive(this.id, loadTimeout));
  }

  /**
   * Tells a task to stop, and gives the worker up if it does not within the grace period.
   *
   * @returns Whether it was here.
   */
  abort(task: Task, reason: Error): boolean {
    const number = this.line.find(task);
    const held = number === undefined ? undefined : this.line.get(number);
    if (number === undefined || held === undefined || this.#isDead) return false;
    const error = serializeError(reason);
    if (this.line.takeBack(number) !== undefined) {
      // Later, as the caller may be in the midst of changing what the end of a task changes.
      queueMicrotask(() => held.end({ error, execution: undefined }, this.id));
      if (this.#isSilent) this.#die(silent(this.id));
      else this.#events.advanced(this);
      return true;
    }
    if (held.abortReason !== undefined) return true;
    held.abortReason = reason;
    this.#thread.post({ type: "abort", task: number, reason: error });
    const { grace } = this.#patience;
    held.grace = after(grace, () => this.#giveUp(number, held, reason, grace));
    return true;
  }

  /**
   * Gives the worker up.
   *
   * @param error What to fail its task with, if it has one.
   */
  terminate(error?: Error): void {
    this.#die(error);
  }

  #receive(message: WorkerMessage): void {
    if (this.#isDead) return;
    if (message === 0 || isResults(message)) {
      this.line.progressAt = performance.now();
      this.line.collect(message === 0 ? undefined : message);
      return this.#events.advanced(this);
    }
    switch (message.type) {
      case "ready": {
        this.#isReady = true;
        this.line.progressAt = performance.now();
        const { loadTimeout } = this.#patience;
        const { buffer: cells } = this.line.cells;
        const [sentAt, heardAt] = [message.at, now()];
        this.#thread.post({ type: "start", cells, loadTimeout, sentAt, heardAt });
        this.#started.resolve();
        return this.#events.ready(this);
      }
      case "ask":
        return void this.#answer(message.ask, message.task, message.request);
      case "progress": {
        const held = this.line.get(message.task);
        held?.begin(this.id);
        return held?.task.progress(message.data);
      }
      case "unreadable":
        return this.#refuse(message.from, serializeError(unreadable(this.id)));
      case "loading":
        return this.#watchLoading(message.binding);
      case "loaded": {
        const loading = this.#loading(message.binding);
        clearTimeout(loading.timer);
        this.#loads.delete(message.binding);
        loading.result.resolve(message.error && reviveError(message.error));
        return this.#events.advanced(this);
      }
      case "leaving":
        return this.#die(left(this.id, message.call));
      case "uncaught":
        return this.#die(uncaught(this.id, message.error));
      default:
        message satisfies never;
    }
  }

  async #answer(ask: number, number: number, request: Request): Promise<void> {
    this.line.collect();
    const task = this.line.get(number)?.task;
    if (task === undefined) return;
    const answer = (value?: unknown) => {
      if (!this.#isDead) this.#thread.post({ type: "answer", ask, value });
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
        try {
          await task.flush(unpackEffects(request.effects));
          answer();
        } catch (error) {
          if (this.#isDead) return;
          this.#thread.post({ type: "answer", ask, error: serializeError(error) });
        }
        return;
      default:
        request satisfies never;
    }
  }

  #die(error: Error | undefined): void {
    if (this.#isDead) return;
    const failure = error ?? ended(this.id);
    this.#death = failure;
    this.#thread.terminate();
    this.#started.resolve();
    for (const { timer, result } of this.#loads.values()) {
      clearTimeout(timer);
      result.resolve(failure);
    }
    this.#loads.clear();
    const { left, lost } = this.line.abandon();
    if (error instanceof UncaughtError && lost.length === 0) this.#events.uncaught(error);
    this.#events.dead(this, error, left);
    for (const { held, execution } of lost) {
      const why = execution === undefined ? held.abortReason ?? failure : failure;
      held.end({ error: serializeError(why), execution }, this.id);
    }
  }

  /** Whether it should have begun its first task by now: something left running keeps it from that. */
  get #isSilent(): boolean {
    const waitsFor = performance.now() - this.line.progressAt;
    return waitsFor > this.#patience.grace && !this.line.isExecuting;
  }

  #giveUp(number: number, held: HeldTask, reason: Error, grace: number): void {
    this.line.collect();
    if (this.line.get(number) !== held) return;
    if (this.line.cells.state(number) === CLAIMED) {
      return this.#die(didNotStop(this.id, held.task, reason, grace));
    }
    // It has ended, but its result is kept back by one that never ends.
    held.end({ error: serializeError(reason), execution: undefined }, this.id);
  }

  /**
   * A message of tasks came to nothing. Each is sent alone then, to find out which of them cannot be
   * sent, or not be read.
   */
  #refuse(first: number, error: SerializedError): void {
    const refused = this.line.recall(first);
    // It may have been the one to tell of these.
    for (const { bound } of refused) this.#known.delete(bound.number);
    const [alone] = refused;
    const isToBlame = refused.length === 1 && alone?.isAlone === true;
    if (!isToBlame) {
      for (const held of refused) held.setApart();
      giveBack(refused);
    }
    // Later, as the caller may be in the midst of giving out more.
    queueMicrotask(() => {
      if (isToBlame) alone.end({ error, execution: undefined }, this.id);
      if (!this.#isDead) this.#events.advanced(this);
    });
  }

  #introduce({ number, message }: Bound): BindingMessage {
    this.#known.set(number, message);
    return message;
  }

  #loading(binding: number): Loading {
    let loading = this.#loads.get(binding);
    if (loading === undefined) {
      loading = { result: Promise.withResolvers(), timer: undefined };
      this.#loads.set(binding, loading);
    }
    return loading;
  }

  /** The worker itself ends a wait for a module, unless the module keeps it from doing anything. */
  #watchLoading(binding: number): void {
    const { grace, loadTimeout } = this.#patience;
    const loading = this.#loading(binding);
    loading.timer ??= after(loadTimeout + grace, () => {
      const routine = this.#known.get(binding) as BindingMessage;
      this.#die(blockedByModule(this.id, routine, loadTimeout));
    });
  }
}

/** A routine that a worker loads. */
interface Loading {
  readonly result: PromiseWithResolvers<Error | undefined>;
  timer: Timer | undefined;
}

function isResults(message: WorkerMessage): message is Exclude<ResultsMessage, 0> {
  return Array.isArray(message);
}

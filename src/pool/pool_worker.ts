// The host's side of one worker: sends it tasks, takes in what it reports, and decides what becomes of
// its tasks when it ends. `WorkerPool` owns it, `WorkerQueue` holds its tasks, `WorkerThread` is its thread.

import { elapsed, now, startedAt } from "../data/clock.ts";
import { microtask } from "../data/microtask.ts";
import { serializeError } from "../data/serialized_error.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";
import type { UncaughtError } from "../errors/value_errors.ts";
import type { Bound } from "./bound.ts";
import { type Blame, sentence } from "./blame.ts";
import { Liveness } from "./liveness.ts";
import type { ItemsMessage } from "../wire/items.ts";
import type { WorkerMessage } from "../wire/messages.ts";
import type { QueuedTask } from "./queued_task.ts";
import { ReportReader } from "./report_reader.ts";
import { giveBack } from "./source_queue.ts";
import { TaskAborts } from "./task_aborts.ts";
import { ENDED, RUNNING } from "../wire/task_ring.ts";
import {
  blockedByModule,
  broken,
  ended,
  left,
  notStarted,
  unresponsive,
  unsendable,
  unsound,
} from "./worker_errors.ts";
import { WorkerInbox } from "./worker_inbox.ts";
import { WorkerLoads } from "./worker_loads.ts";
import { WorkerQueue } from "./worker_queue.ts";
import { WorkerThread } from "./worker_thread.ts";

/** A worker that has taken up nothing of what it holds for so long, in milliseconds, is asked to answer. */
const UNTAKEN_MS = 100;

const NOBODY = { cause: "nobody" } as const;
const UNKNOWN = { cause: "unknown" } as const;
const UNSOUND = { cause: "unsound" } as const;

/** The limits that a pool sets its workers. */
export interface WorkerLimits {
  /** The most activations that a worker executes at once. */
  readonly strands: number;
  /** Milliseconds that a handler has to end after its signal aborted, and a worker to clean up. */
  readonly grace: number;
  /** Milliseconds that a module has to load. */
  readonly loadTimeout: number;
}

/** The changes of a worker that its pool acts on. */
export interface PoolWorkerEvents {
  /** It got on: it may be given more. */
  advanced(worker: PoolWorker): void;
  /** It is given nothing more, and ends once its tasks have. */
  retired(worker: PoolWorker): void;
  /** It is being ended: `error` gives the reason if the pool did not ask for it. */
  ended(worker: PoolWorker, error: Error | undefined): void;
  /** Its thread never yields. */
  stuck(worker: PoolWorker): void;
  /** Its thread has ended. */
  gone(worker: PoolWorker): void;
  /** Something failed in it that belongs to no activation. */
  uncaught(error: UncaughtError): void;
}

/**
 * One Web Worker of a pool, from its start to the end of its thread.
 *
 * | status   | is given tasks | leaves it when                                               |
 * | -------- | -------------- | ------------------------------------------------------------ |
 * | starting | no             | the thread reports that it is ready                          |
 * | ready    | yes            | it is retired: recycled, worn out, or something failed in it |
 * | draining | no             | the last of its tasks has ended                              |
 * | stopping | no             | it has cleaned up, or the grace period is over               |
 * | dead     | no             | (the thread may take its time to end)                        |
 *
 * From every status but the last it can also die: its thread ends, breaks or does not answer.
 */
export class PoolWorker {
  /** The worker's id, as `w1`. */
  readonly id: string;
  /** Its place among the pool's workers, which it leaves to another when it has ended. */
  readonly index: number;
  /** The tasks it holds. */
  readonly queue: WorkerQueue;
  /** The number of tasks it was given and did not leave to others. */
  given = 0;
  /** The module that never yielded as it loaded, if that is how the worker ended. */
  blockedBy: { readonly module: string; readonly error: Error } | undefined;
  readonly #events: PoolWorkerEvents;
  readonly #limits: WorkerLimits;
  readonly #thread: WorkerThread;
  readonly #inbox: WorkerInbox;
  readonly #liveness: Liveness;
  readonly #aborts: TaskAborts;
  readonly #loads: WorkerLoads;
  readonly #started = Promise.withResolvers<void>();
  readonly #reports: ReportReader;
  #status: "starting" | "ready" | "draining" | "stopping" | "dead" = "starting";
  #death: Error | undefined;
  #isBlocked = false;
  #stopTimer: TimerId | undefined;
  #isLosing = false;

  constructor(id: string, index: number, limits: WorkerLimits, events: PoolWorkerEvents) {
    this.id = id;
    this.index = index;
    this.queue = new WorkerQueue(id, index, limits.strands);
    this.#limits = limits;
    this.#events = events;
    this.#loads = new WorkerLoads(
      limits.loadTimeout + limits.grace,
      () => this.#liveness.check(),
      (binding) => this.#blocked(binding),
    );
    this.#thread = new WorkerThread(id, {
      message: (message) => this.#receive(message),
      broken: (why) => {
        const isStarting = this.#status === "starting";
        this.#die(isStarting ? notStarted(id, why) : broken(id, why), UNKNOWN);
      },
      unreadable: () => {
        this.#die(unsound(id, "it sent what cannot be read"), UNSOUND);
      },
      stuck: () => events.stuck(this),
      gone: () => {
        this.#die(left(id, "self.close() or Deno.exit()"), UNKNOWN);
        events.gone(this);
      },
    });
    this.#inbox = new WorkerInbox(this.#thread);
    this.#liveness = new Liveness((ping) => void this.#inbox.post({ type: "ping", ping }));
    this.#aborts = new TaskAborts({
      id,
      queue: this.queue,
      inbox: this.#inbox,
      liveness: this.#liveness,
      revoke: (held) => this.revoke(held),
      advanced: () => this.#advanced(),
      ignored: (held, error) => this.#abandon(held, error),
      blocked: (held, error) => this.#die(error, { cause: "abort", culprit: held }),
    }, limits.grace);
    this.#reports = new ReportReader({
      id,
      queue: this.queue,
      inbox: this.#inbox,
      liveness: this.#liveness,
      loads: this.#loads,
      isDead: () => this.#death !== undefined,
      takenBack: (tasks) => this.given -= tasks.length,
      uncaught: (error) => events.uncaught(error),
      retire: () => this.retire(),
      die: (error, blame) => this.#die(error, blame),
    });
  }

  /** Checks whether it has started, and takes tasks. */
  get isReady(): boolean {
    return this.#status === "ready";
  }

  /** Checks whether it has ever been ready. */
  get hasStarted(): boolean {
    return this.#inbox.sent > 0;
  }

  /** Checks whether it holds a task. */
  get isBusy(): boolean {
    return this.queue.size > 0;
  }

  /** `true` if it loads routines that tasks wait for. */
  get isLoading(): boolean {
    return this.#loads.size > 0;
  }

  /** `true` if its event loop is blocked, so that it does not take up its tasks. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** Resolves once it is ready or has ended. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Sends it the tasks that were placed in its queue. */
  give(batch: readonly QueuedTask[]): void {
    // What a source does as its tasks are taken may have ended some of them.
    const placed = batch.filter((held) => this.queue.has(held));
    if (placed.length === 0) return;
    this.queue.progressAt = elapsed();
    this.given += placed.length;
    if (this.#send(placed) === undefined) return;
    // Nothing of a message that cannot be sent has been sent, so each is sent by itself.
    for (const held of placed) {
      const refusal = this.#send([held]);
      if (refusal === undefined) continue;
      this.revoke(held);
      // Later, as the caller may be in the midst of giving out more.
      microtask(() => {
        held.fail(unsendable(this.id, refusal.cause), this.id);
        this.#advanced();
      });
    }
  }

  /** Loads a routine; resolves with what went wrong, if anything did. */
  load(bound: Bound): Promise<Error | undefined> {
    if (this.#death !== undefined) return Promise.resolve(this.#death);
    const loaded = this.#loads.add(bound.number, this.#inbox.sent + 1);
    try {
      this.#inbox.postLoad(bound);
    } catch (error) {
      this.#loads.settle(bound.number, unsendable(this.id, error));
    }
    return loaded;
  }

  /** Drops what it knows of a binding that will not be used again. */
  forget(binding: number): void {
    if (this.#death === undefined) this.#inbox.postForget(binding);
  }

  /** Takes a task back whose handler was not called; if it was, that is reported first. */
  revoke(held: QueuedTask): boolean {
    const isUntaken = this.queue.isUntaken(held, elapsed());
    if (!this.queue.revoke(held)) {
      this.queue.begin(held);
      return false;
    }
    this.given--;
    // It gets nothing more until it answers: there are others, and its time to do so runs on.
    if (isUntaken && !this.#isBlocked) void this.#awaitAnswer();
    return true;
  }

  /** Takes back tasks that were not taken up, from the end. */
  steal(atMost: number): QueuedTask[] {
    const stolen = this.queue.revokeNewest(atMost, false);
    this.given -= stolen.length;
    return stolen;
  }

  /** Takes back what waits behind something that does not get on. */
  rescue(at: number): QueuedTask[] {
    const { tasks, isBlocked } = this.queue.revokeStale(at);
    this.given -= tasks.length;
    if (isBlocked && !this.#isBlocked) void this.#awaitAnswer();
    return tasks;
  }

  /** Reports what it does that it has not reported, and gives it up if it takes nothing up. */
  look(): void {
    this.queue.look();
    if (this.#death !== undefined) return;
    if (this.queue.hasStartedAfter(this.#reports.closedAt)) {
      const what = "it started an activation after something had failed in it";
      return this.#die(unsound(this.id, what), UNSOUND);
    }
    const at = elapsed();
    if (!this.#isBlocked && this.queue.isUnresponsive(at, UNTAKEN_MS)) void this.#awaitAnswer();
    this.#lookForLost();
  }

  /**
   * Ends a task as soon as it stops: at once if its handler was not called, else when it has reacted to
   * its signal. One that does not within the grace period is ended without it.
   */
  abort(held: QueuedTask, reason: unknown): void {
    this.#aborts.abort(held, reason);
  }

  /** Gives it nothing more; it ends once what it executes has ended. */
  retire(): void {
    if (this.#status !== "ready") return;
    this.#status = "draining";
    // What it has taken up it may as well execute.
    giveBack(this.steal(Infinity));
    // Another worker can load them. What its tasks need is watched over still.
    this.#loads.release(ended(this.id));
    this.#events.retired(this);
    this.#stopIfDrained();
  }

  /** Ends it when it has nothing to do: its modules may clean up. */
  stop(): void {
    if (this.#status === "starting") return this.#die(undefined, NOBODY);
    if (this.#status !== "ready" && this.#status !== "draining") return;
    this.#status = "stopping";
    this.#events.ended(this, undefined);
    void this.#cleanUp();
  }

  /**
   * Ends it, and all of its tasks.
   *
   * @param error The reason.
   */
  close(error: Error): void {
    const { waiting, loading, running, ended } = this.queue.abandon();
    for (const held of [...running, ...ended]) {
      const execution = this.queue.executionOf(held);
      this.#reports.abandon(held.number);
      held.end({ error: serializeError(error), execution }, this.id);
    }
    giveBack([...waiting, ...loading]);
    this.stop();
  }

  /** Sends tasks in one message; gives the error if they cannot be. */
  #send(batch: readonly QueuedTask[]): { readonly cause: unknown } | undefined {
    try {
      this.#inbox.postTasks(batch);
      return undefined;
    } catch (cause) {
      return { cause };
    }
  }

  #receive(message: WorkerMessage): void {
    if (this.#status === "dead") return;
    if (!isItems(message)) return this.#onReady(message.at);
    this.queue.progressAt = elapsed();
    this.#reports.read(message);
    this.#advanced();
  }

  #onReady(sentAt: number): void {
    if (this.#status !== "starting") return;
    this.#status = "ready";
    this.queue.progressAt = elapsed();
    this.#inbox.post({
      type: "start",
      ring: this.queue.ring.buffer,
      loadTimeout: this.#limits.loadTimeout,
      sentAt,
      heardAt: now(),
      programStartedAt: startedAt,
    });
    this.#started.resolve();
    this.#advanced();
  }

  /** Ends a task that goes on at the worker, which is replaced when its other tasks have ended. */
  #abandon(held: QueuedTask, error: Error): void {
    const { number: task } = held;
    const execution = this.queue.executionOf(held);
    this.#inbox.post({ type: "abandon", task });
    this.#reports.abandon(task);
    this.queue.forget(held);
    this.retire();
    held.end({ error: serializeError(error), execution }, this.id);
    this.#stopIfDrained();
  }

  /** Looks for tasks that have ended of which the worker, though it answers, reports nothing. */
  #lookForLost(): void {
    if (!this.queue.sweepEnded() || this.#isLosing) return;
    const ended = this.queue.in(ENDED);
    this.#isLosing = true;
    void this.#liveness.check().then((answers) => {
      this.#isLosing = false;
      if (this.#death !== undefined || !answers) return;
      if (!ended.some((held) => this.queue.has(held))) return;
      this.#die(unsound(this.id, "it has not reported how an activation ended"), UNSOUND);
    });
  }

  #blocked(binding: number): void {
    const { loadTimeout } = this.#limits;
    const message = this.#inbox.bindingOf(binding);
    const error = message === undefined
      ? unresponsive(this.id, loadTimeout)
      : blockedByModule(this.id, message, loadTimeout);
    if (message !== undefined) this.blockedBy = { module: message.module, error };
    this.#die(error, { cause: "module", binding });
  }

  /** Waits for a worker to answer that does not take up what it is given, and in the end gives it up. */
  async #awaitAnswer(): Promise<void> {
    const { loadTimeout } = this.#limits;
    const from = elapsed();
    this.#isBlocked = true;
    while (this.#death === undefined && !await this.#liveness.check()) {
      if (this.#death !== undefined || elapsed() - from < loadTimeout) continue;
      // What executes may take its time, and is not to be disturbed.
      if (this.queue.in(RUNNING).length > 0) continue;
      return this.#die(unresponsive(this.id, loadTimeout), NOBODY);
    }
    this.#isBlocked = false;
    this.#advanced();
  }

  #advanced(): void {
    if (this.#death !== undefined) return;
    this.#events.advanced(this);
    this.#stopIfDrained();
  }

  #stopIfDrained(): void {
    if (this.#status === "draining" && !this.isBusy) this.stop();
  }

  /** Lets its modules clean up, as long as its loop answers and the grace period lasts. */
  async #cleanUp(): Promise<void> {
    const answers = await this.#liveness.check();
    if (this.#death !== undefined) return;
    if (!answers) return this.#die(undefined, NOBODY);
    this.#inbox.post({ type: "stop" });
    this.#stopTimer = after(this.#limits.grace, () => this.#die(undefined, NOBODY));
  }

  /** Ends its thread, and decides what becomes of its tasks. */
  #die(error: Error | undefined, blame: Blame): void {
    if (this.#status === "dead") return;
    const wasStopping = this.#status === "stopping";
    this.#status = "dead";
    const failure = error ?? ended(this.id);
    this.#death = failure;
    this.#thread.terminate();
    this.#liveness.close();
    this.#started.resolve();
    this.#loads.close(failure);
    clearTimer(this.#stopTimer);
    const remains = this.queue.abandon();
    const { failed, restarted, left: others } = sentence(remains, failure, blame);
    const executed = new Set([...remains.running, ...remains.ended]);
    const executions = new Map(failed.map(([held]) => {
      return [held, executed.has(held) ? this.queue.executionOf(held) : undefined];
    }));
    giveBack([...others, ...restarted]);
    if (!wasStopping) this.#events.ended(this, error);
    // Only now the code of the sources, which may ask anything of the pool.
    for (const held of restarted) held.restart();
    for (const [held, why] of failed) {
      held.end({ error: serializeError(why), execution: executions.get(held) }, this.id);
    }
  }
}

function isItems(message: WorkerMessage): message is ItemsMessage {
  return typeof message === "number" || Array.isArray(message);
}

// The host's side of one worker: sends tasks, reads reports, and determines the outcomes of the tasks when
// the worker ends. `WorkerPool` owns it, `WorkerQueue` holds its tasks, and a `WorkerHandle` is its thread,
// or a worker of another kind.

import { elapsed, now, startedAt } from "../data/clock.ts";
import { microtask } from "../data/microtask.ts";
import { serializeError } from "../data/serialized_error.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";
import { RoutineNotExportedError } from "../errors/worker_errors.ts";
import type { UncaughtError } from "../errors/value_errors.ts";
import type { Bound } from "./bound.ts";
import { type Blame, sentence } from "./blame.ts";
import { Liveness } from "./liveness.ts";
import type { ItemsMessage } from "../wire/items.ts";
import type { WorkerMessage } from "../wire/messages.ts";
import type { QueuedTask } from "./queued_task.ts";
import { ReportReader } from "./report_reader.ts";
import { RefusedTask } from "./refused_task.ts";
import { giveBack } from "./source_queue.ts";
import { TaskAborts } from "./task_aborts.ts";
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
import type { StartHandle, WorkerHandle } from "./worker_handle.ts";
import { WorkerInbox } from "./worker_inbox.ts";
import { WorkerLoads } from "./worker_loads.ts";
import { WorkerQueue } from "./worker_queue.ts";
import { WorkerWatch } from "./worker_watch.ts";

const NOBODY = { cause: "nobody" } as const;
const UNKNOWN = { cause: "unknown" } as const;
const UNSOUND = { cause: "unsound" } as const;

/**
 * One worker of a pool, from its start to the end of its thread.
 *
 * | status   | gets tasks | left when                                                            |
 * | -------- | ---------- | -------------------------------------------------------------------- |
 * | starting | no         | the thread reports that it is ready                                  |
 * | ready    | yes        | it is retired: recycled, at `maxActivations`, or after a failure     |
 * | draining | no         | the last of its tasks and loads has ended                            |
 * | stopping | no         | it has cleaned up, or the grace period is over                       |
 * | dead     | no         | (the thread may take some time to end)                               |
 *
 * In every status except the last, the worker can also die: its thread ends, fails or does not answer.
 */
export class PoolWorker {
  /** The worker's id, as `w1`. */
  readonly id: string;
  /** The index of the worker in its pool, which is reused after its end. */
  readonly index: number;
  /** The tasks of the worker. */
  readonly queue: WorkerQueue;
  /** The number of tasks that were sent to the worker and not revoked. */
  given = 0;
  /** The module that blocked the worker while it was loaded, if that ended the worker. */
  blockedBy: { readonly module: string; readonly error: Error } | undefined;
  readonly #events: PoolWorkerEvents;
  readonly #limits: WorkerLimits;
  readonly #thread: WorkerHandle;
  readonly #inbox: WorkerInbox;
  readonly #liveness: Liveness;
  readonly #aborts: TaskAborts;
  readonly #loads: WorkerLoads;
  readonly #started = Promise.withResolvers<void>();
  readonly #reports: ReportReader;
  readonly #watch: WorkerWatch;
  #status: "starting" | "ready" | "draining" | "stopping" | "dead" = "starting";
  #death: Error | undefined;
  #isSpoilt = false;
  #stopTimer: TimerId | undefined;

  constructor(
    id: string,
    index: number,
    limits: WorkerLimits,
    start: StartHandle,
    events: PoolWorkerEvents,
  ) {
    this.id = id;
    this.index = index;
    this.queue = new WorkerQueue(id, index, limits.strands, limits.mayGoOn);
    this.#limits = limits;
    this.#events = events;
    this.#loads = new WorkerLoads(
      limits.loadTimeout + limits.grace,
      () => this.#liveness.checkLoosely(),
      (binding) => this.#blocked(binding),
    );
    this.#thread = start(id, {
      message: (message) => this.#receive(message),
      returned: (task) => {
        this.#reports.returned(task);
        this.#advanced();
      },
      broken: (why, fix) => {
        this.#die(this.#hasServed() ? broken(id, why) : notStarted(id, why, fix), UNKNOWN);
      },
      unreadable: () => {
        const what = "it sent what cannot be read";
        this.#die(this.#hasServed() ? unsound(id, what) : notStarted(id, what), UNSOUND);
      },
      stuck: () => events.stuck(this),
      gone: () => {
        const call = "self.close() or Deno.exit()";
        this.#die(this.#hasServed() ? left(id, call) : notStarted(id, "it has ended"), UNKNOWN);
        events.gone(this);
      },
    });
    this.#inbox = new WorkerInbox(this.#thread, limits.mayGoOn);
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
      hasServed: () => this.#hasServed(),
      served: () => events.served(this),
      loaded: (binding, error) => {
        this.#loads.settle(binding, error);
        this.#loaded(binding, error);
      },
      failedToLoad: (binding, error) => this.#loaded(binding, error),
      takenBack: (tasks) => this.given -= tasks.length,
      wentOn: (held) => this.#wentOn(held),
      returned: (held) => this.#takeBack(held),
      uncaught: (error) => events.uncaught(error),
      retire: () => this.retire(),
      die: (error, blame) => this.#die(error, blame),
    });
    this.#watch = new WorkerWatch({
      id,
      queue: this.queue,
      liveness: this.#liveness,
      closedAt: () => this.#reports.closedAt,
      isDead: () => this.#death !== undefined,
      hasServed: () => this.#hasServed(),
      advanced: () => this.#advanced(),
      die: (error, blame) => this.#die(error, blame),
    }, limits.loadTimeout);
  }

  /** Checks whether it accepts tasks. */
  get isReady(): boolean {
    return this.#status === "ready";
  }

  /** Checks whether it has been ready. */
  get hasStarted(): boolean {
    return this.#inbox.sent > 0;
  }

  /** Checks whether it holds a task. */
  get isBusy(): boolean {
    return this.queue.size > 0;
  }

  /** `true` while it loads routines. */
  get isLoading(): boolean {
    return this.#loads.size > 0;
  }

  /** `true` if its event loop is blocked, so that it does not start its tasks. */
  get isBlocked(): boolean {
    return this.#watch.isBlocked;
  }

  /**
   * `true` if a module has failed to load in it; further loads of the module in this thread would fail, too.
   */
  get isSpoilt(): boolean {
    return this.#isSpoilt;
  }

  /** Resolves once it is ready or has ended. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Sends the tasks that were placed in its queue. */
  give(batch: readonly QueuedTask[]): void {
    // The code of a source, called when its tasks were taken, may have ended some of them.
    const isPlaced = (held: QueuedTask) => this.queue.has(held);
    const placed = batch.every(isPlaced) ? batch : batch.filter(isPlaced);
    if (placed.length === 0) return;
    this.queue.progressAt = elapsed();
    this.given += placed.length;
    if (this.#send(placed) === undefined) return;
    // A message that cannot be sent has sent none of its tasks, so each is sent separately.
    for (const held of placed) {
      const refusal = this.#send([held]);
      if (refusal === undefined) continue;
      this.revoke(held);
      // Deferred, as the caller may still be distributing tasks.
      microtask(() => {
        held.fail(unsendable(this.id, refusal.cause), this.id);
        this.#advanced();
      });
    }
  }

  /** Loads a routine. Resolves with the error, if it cannot be loaded. */
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

  /** Drops a binding that will not be used again. */
  forget(binding: number): void {
    if (this.#death === undefined) this.#inbox.postForget(binding);
  }

  /**
   * Revokes a task, unless its handler was called. In that case, reports the call of the handler, and the worker does not
   * go straight on from it any more.
   */
  revoke(held: QueuedTask): boolean {
    const isUntaken = this.queue.isUntaken(held, elapsed());
    if (!this.queue.revoke(held)) {
      this.queue.begin(held);
      this.queue.forbid(held);
      return false;
    }
    this.given--;
    // The worker gets no more tasks until it answers a ping, as other workers can execute them.
    if (isUntaken) this.#watch.suspect();
    return true;
  }

  /** Revokes tasks that were not claimed, the last ones first. */
  steal(atMost: number): QueuedTask[] {
    const stolen = this.queue.revokeNewest(atMost, false);
    this.given -= stolen.length;
    return stolen;
  }

  /** Revokes tasks that wait behind a task that does not progress. */
  rescue(at: number): QueuedTask[] {
    const { tasks, isBlocked } = this.queue.revokeStale(at);
    this.given -= tasks.length;
    if (isBlocked) this.#watch.suspect();
    return tasks;
  }

  /**
   * Checks the worker: reports handlers that it has called without a report, and detects a worker that breaks
   * the protocol or starts none of its tasks.
   */
  look(): void {
    this.#watch.look();
  }

  /**
   * Stops a task: at once if its handler was not called, else when the handler has reacted to its signal. A
   * task whose handler does not end within the grace period ends without it.
   */
  abort(held: QueuedTask, reason: unknown): void {
    this.#aborts.abort(held, reason);
  }

  /** Gives the worker no more tasks; it ends once its executing tasks have ended. */
  retire(): void {
    // Another worker can perform these loads. Loads that its own tasks need are still supervised.
    if (this.#status === "ready") this.#loads.release(ended(this.id));
    this.drain();
  }

  /** Gives it no more tasks or loads; it ends once its executing tasks and its loads have ended. */
  drain(): void {
    if (this.#status !== "ready") return;
    this.#status = "draining";
    // Only tasks that were not claimed are given back; the worker executes the others.
    giveBack(this.steal(Infinity));
    this.#events.retired(this);
    this.#stopIfDrained();
  }

  /** Ends the worker, which has no tasks, after its modules have cleaned up. */
  stop(): void {
    if (this.#status === "starting") return this.#die(undefined, NOBODY);
    if (this.#status !== "ready" && this.#status !== "draining") return;
    this.#status = "stopping";
    this.#events.ended(this, undefined);
    void this.#cleanUp();
  }

  /**
   * Ends the worker and all its tasks.
   *
   * @param error The reason.
   */
  close(error: Error): void {
    const { waiting, loading, running, goneOn, ended } = this.queue.abandon();
    for (const held of [...running, ...goneOn, ...ended]) {
      const execution = this.queue.executionOf(held);
      this.#reports.abandon(held.number);
      held.end({ error: serializeError(error), execution }, this.id);
    }
    giveBack([...waiting, ...loading]);
    this.stop();
  }

  /** Sends tasks in one message; returns the error if they cannot be sent. */
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

  /**
   * Checks whether the worker has done anything yet. If it has not, another worker in its place would end in
   * the same way.
   */
  #hasServed(): boolean {
    return this.#reports.hasServed || this.queue.hasClaimed;
  }

  /** Aborts a task that the worker has begun and that its source has refused. */
  #wentOn(held: QueuedTask): void {
    if (!(held.task instanceof RefusedTask)) return;
    this.abort(held, new Error("the activation may not be executed now"));
  }

  /** Gives a task that the worker did not start to another one. */
  #takeBack(held: QueuedTask): void {
    this.queue.forget(held);
    this.given--;
    if (held.abort !== undefined) return held.fail(held.abort.reason, this.id);
    giveBack([held]);
    if (held.isBegun) held.restart();
  }

  /** Ends a task whose handler goes on in the worker, which is replaced when its other tasks have ended. */
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

  #loaded(binding: number, error: Error | undefined): void {
    // The module of a routine that is not exported has loaded.
    const failure = error instanceof RoutineNotExportedError ? undefined : error;
    if (failure !== undefined) this.#isSpoilt = true;
    const module = this.#inbox.bindingOf(binding)?.module;
    if (module !== undefined) this.#events.loaded(this, module, failure);
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

  #advanced(): void {
    if (this.#death !== undefined) return;
    this.#events.advanced(this);
    this.#stopIfDrained();
  }

  #stopIfDrained(): void {
    if (this.#status === "draining" && !this.isBusy && !this.#loads.isAwaited) this.stop();
  }

  /**
   * Lets the modules clean up within the grace period, provided that the event loop of the worker answers.
   */
  async #cleanUp(): Promise<void> {
    const answers = await this.#liveness.check();
    if (this.#death !== undefined) return;
    if (!answers) return this.#die(undefined, NOBODY);
    this.#inbox.post({ type: "stop" });
    this.#stopTimer = after(this.#limits.grace, () => this.#die(undefined, NOBODY));
  }

  /** Terminates the thread, and determines the outcomes of the tasks. */
  #die(error: Error | undefined, blame: Blame): void {
    if (this.#status === "dead") return;
    const wasStopping = this.#status === "stopping";
    this.#status = "dead";
    const failure = error ?? ended(this.id);
    this.#death = failure;
    this.#thread.terminate();
    this.#liveness.close();
    this.#started.resolve();
    if (blame.cause === "module") this.#loaded(blame.binding, failure);
    this.#loads.close(failure);
    clearTimer(this.#stopTimer);
    const remains = this.queue.abandon();
    const { failed, restarted, left: others } = sentence(remains, failure, blame);
    const executed = new Set([...remains.running, ...remains.goneOn, ...remains.ended]);
    const executions = new Map(failed.map(([held]) => {
      return [held, executed.has(held) ? this.queue.executionOf(held) : undefined];
    }));
    giveBack([...others, ...restarted]);
    if (!wasStopping) this.#events.ended(this, error);
    // The code of the sources is called last, as it may call any method of the pool.
    for (const held of restarted) held.restart();
    for (const [held, why] of failed) {
      held.end({ error: serializeError(why), execution: executions.get(held) }, this.id);
    }
  }
}

/** The limits of a pool for each of its workers. */
export interface WorkerLimits {
  /** The maximum number of activations that a worker executes at once. */
  readonly strands: number;
  /**
   * The time that a handler has to end after its signal has aborted, and a worker to clean up, in
   * milliseconds.
   */
  readonly grace: number;
  /** The time that a module has to load, in milliseconds. */
  readonly loadTimeout: number;
  /** `true` if it may go straight on from one task to the next. */
  readonly mayGoOn: boolean;
}

/** The events of a worker, on which its pool acts. */
export interface PoolWorkerEvents {
  /** The worker has made progress, and may have room for more tasks. */
  advanced(worker: PoolWorker): void;
  /** The worker gets no more tasks, and ends once its tasks have ended. */
  retired(worker: PoolWorker): void;
  /** The worker is being ended; `error` is the reason, unless the pool ended it. */
  ended(worker: PoolWorker, error: Error | undefined): void;
  /** The worker has done something for the first time. */
  served(worker: PoolWorker): void;
  /** A module has loaded in it, or failed to. */
  loaded(worker: PoolWorker, module: string, error: Error | undefined): void;

  /** The thread of the worker was terminated, but never yields. */
  stuck(worker: PoolWorker): void;
  /** The thread of the worker has ended. */
  gone(worker: PoolWorker): void;
  /** An error in the worker belongs to no activation. */
  uncaught(error: UncaughtError): void;
}

function isItems(message: WorkerMessage): message is ItemsMessage {
  return typeof message === "number" || Array.isArray(message);
}

// Reads the reports of a worker, item by item, and checks each against the state of the host. Used by
// `PoolWorker`, which acts on the results.

import { reviveError, serializeError } from "../data/serialized_error.ts";
import type { UncaughtError } from "../errors/value_errors.ts";
import type { Blame } from "./blame.ts";
import type { Liveness } from "./liveness.ts";
import { firstOf, type ItemReader, type ItemsMessage, readItems } from "../wire/items.ts";
import type { Report, Request } from "../wire/messages.ts";
import type { Effects } from "../routine/effects.ts";
import type { QueuedTask } from "./queued_task.ts";
import { giveBack } from "./source_queue.ts";
import { taskOf } from "../wire/packed_effects.ts";
import { CLAIMED, ENDED, RUNNING } from "../wire/shared_task_ring.ts";
import { failedToLoad, left, notStarted, uncaught, unreadable, unsound } from "./worker_errors.ts";
import type { WorkerInbox } from "./worker_inbox.ts";
import type { WorkerLoads } from "./worker_loads.ts";
import type { WorkerQueue } from "./worker_queue.ts";

/**
 * The maximum number of errors without an activation that are reported for one worker.
 */
const MAX_REPORTS = 16;

/** Reads the reports of one worker. An invalid report means that the worker is not sound, and ends it. */
export class ReportReader {
  readonly #worker: ReportingWorker;
  /** The numbers of tasks that have ended on the host but go on in the worker. */
  readonly #abandoned = new Set<number>();
  #read = 0;
  #reported = 0;
  /** The time from which the worker starts no more tasks, as reported by it, in epoch milliseconds. */
  closedAt = Infinity;
  /** `true` once the worker has begun a task, ended one, or loaded a routine. */
  hasServed = false;
  /** The number of ends of tasks that were read. */
  #ends = 0;
  readonly #reader: ItemReader = {
    ended: (task, effects) => this.#isNext() && this.#settle(task, effects),
    stepped: (task, startedAt, endedAt, effects) =>
      this.#isNext() && this.#goOn(task, startedAt, endedAt, effects),
    reported: (report) => this.#isNext() && this.#take(report),
  };

  constructor(worker: ReportingWorker) {
    this.#worker = worker;
  }

  /** Reads the items of a message, up to one that ends the worker. */
  read(message: ItemsMessage): void {
    const first = firstOf(message) ?? this.#read;
    if (first !== this.#read) return this.#unsound("one of its reports is missing or duplicated");
    readItems(message, this.#reader);
  }

  /** Reads that a task was not begun which a `WorkerHandle` has claimed or started on behalf of the worker. */
  returned(task: number): void {
    if (this.#worker.isDead()) return;
    const held = this.#worker.queue.get(task);
    const state = held && this.#worker.queue.stateOf(held);
    if (held === undefined || (state !== RUNNING && state !== CLAIMED)) {
      return this.#refuse(task, "returned");
    }
    this.#worker.returned(held);
  }

  /** Ignores further reports about a task. */
  abandon(task: number): void {
    this.#abandoned.add(task);
  }

  /** Counts an item; returns `false` if an earlier one has ended the worker. */
  #isNext(): boolean {
    if (this.#worker.isDead()) return false;
    this.#read++;
    return true;
  }

  /** Reads a report. One about a task that the worker does not have, or has not started, is invalid. */
  #take(item: Report): void {
    switch (item.type) {
      case "failed":
        return this.#settle(item.task, item.error);
      case "running":
      case "progress":
      case "ask": {
        const held = this.#worker.queue.get(item.task);
        const state = held && this.#worker.queue.stateOf(held);
        if (held === undefined || (state !== RUNNING && state !== ENDED)) {
          return this.#refuse(item.task, item.type);
        }
        if (item.type === "ask" && !isOwn(item)) return this.#refuse(item.task, "flush");
        this.#serve();
        this.#worker.queue.begin(held);
        if (item.type === "progress") held.progress(item.data);
        if (item.type === "ask") void this.#answer(held, item.ask, item.request);
        return;
      }
      case "loading":
        return this.#worker.loads.watch(item.binding);
      case "loaded":
        this.#serve();
        return this.#worker.loaded(item.binding, item.error && reviveError(item.error));
      case "unreadable":
        return this.#unreadable(item.message);
      case "pong":
        return this.#worker.liveness.heard(item.ping);
      case "uncaught":
        return this.#uncaught(item);
      case "leaving":
        return this.#leaving(item);
      case "stopped":
        return this.#worker.die(undefined, { cause: "nobody" });
      default:
        item satisfies never;
    }
  }

  #settle(task: number, result: Parameters<WorkerQueue["settle"]>[1]): void {
    if (this.#worker.queue.settle(task, result, ++this.#ends)) this.#serve();
    else this.#refuse(task, "end");
  }

  #goOn(task: number, startedAt: number, endedAt: number, effects: Effects): void {
    const next = this.#worker.queue.goOn(task, effects, startedAt, endedAt);
    if (next === undefined) return this.#refuse(task, "step");
    this.#serve();
    this.#worker.wentOn(next);
  }

  /** Checks whether the worker has done nothing yet, and is not loading a module either. */
  get #isIdle(): boolean {
    return !this.#worker.hasServed() && this.#worker.loads.size === 0;
  }

  /** Records that the worker has done something that it was asked for. */
  #serve(): void {
    if (this.hasServed) return;
    this.hasServed = true;
    this.#worker.served();
  }

  #refuse(task: number, what: string): void {
    if (this.#abandoned.has(task)) return;
    this.#unsound(`it reported "${what}" of a task that it does not execute`);
  }

  #unsound(what: string): void {
    const { id } = this.#worker;
    const error = this.#worker.hasServed() ? unsound(id, what) : notStarted(id, what);
    this.#worker.die(error, { cause: "unsound" });
  }

  async #answer(held: QueuedTask, ask: number, request: Request): Promise<void> {
    const { number: task } = held;
    let answer: { readonly value?: unknown; readonly error?: ReturnType<typeof serializeError> };
    try {
      answer = { value: await held.answer(request) };
    } catch (error) {
      answer = { error: serializeError(error) };
    }
    // Sent even if the task has ended, as the answer exposes a worker that used the number of another task.
    if (this.#worker.isDead()) return;
    try {
      const message = this.#worker.inbox.post({ type: "answer", task, ask, ...answer });
      if (this.#worker.queue.get(task) === held) held.answered(ask, message);
    } catch (error) {
      this.#worker.inbox.post({ type: "answer", task, ask, error: serializeError(error) });
    }
  }

  /**
   * Handles a message that the worker could not read, which contained tasks, an answer to a task, or a
   * routine to load. The tasks of the message are sent again separately, to find the one that cannot be read.
   */
  #unreadable(message: number): void {
    const { queue, inbox } = this.#worker;
    const tasks = queue.revokeWhere((held) => held.message === message);
    // The worker does not know the routines of that message, which later tasks need as well.
    const unknown = inbox.unlearn(message);
    const others = queue.revokeWhere(({ bound }) => unknown.has(bound.number));
    this.#worker.takenBack([...tasks, ...others]);
    // A payload that was moved with such a message is lost.
    const moved = others.filter(({ hasTransfer }) => hasTransfer);
    giveBack(others.filter(({ hasTransfer }) => !hasTransfer));
    for (const held of moved) held.fail(unreadable(this.#worker.id), this.#worker.id);
    const [first] = tasks;
    if (first !== undefined && tasks.length === 1) {
      return first.fail(unreadable(this.#worker.id), this.#worker.id);
    }
    for (const held of tasks) held.separate();
    giveBack(tasks);
    if (first !== undefined) return;
    this.#worker.loads.unreadable(message, unreadable(this.#worker.id, "config"));
    for (const held of this.#worker.queue.in(RUNNING)) {
      const ask = held.askOf(message);
      if (ask === undefined) continue;
      const error = serializeError(unreadable(this.#worker.id, "answer"));
      this.#worker.inbox.post({ type: "answer", task: held.number, ask, error });
    }
  }

  #leaving({ owner, call }: Extract<Report, { type: "leaving" }>): void {
    const { id, queue, inbox } = this.#worker;
    if (typeof owner === "string" && this.#isIdle) {
      return this.#worker.die(notStarted(id, `its program called ${call}`), { cause: "nobody" });
    }
    const failure = left(id, call);
    if (owner === "unknown") return this.#worker.die(failure, { cause: "doubtful" });
    if (typeof owner === "object") {
      const message = inbox.bindingOf(owner.binding);
      if (message === undefined) return this.#worker.die(failure, { cause: "doubtful" });
      if (owner.isLoaded) {
        return this.#worker.die(failure, { cause: "background", module: message.module });
      }
      const error = failedToLoad(id, message, failure);
      return this.#worker.die(error, { cause: "module", binding: owner.binding });
    }
    const culprit = owner === "ended" ? undefined : queue.get(owner);
    const blame = culprit === undefined
      ? { cause: "nobody" } as const
      : { cause: "task", culprit } as const;
    this.#worker.die(failure, blame);
  }

  #uncaught({ owner, error, at }: Extract<Report, { type: "uncaught" }>): void {
    const { id, queue, inbox } = this.#worker;
    const failure = uncaught(id, error);
    this.closedAt = Math.min(this.closedAt, at);
    if (typeof owner === "string" && this.#isIdle) {
      const why = `its program failed: ${error.name}: ${error.message}`;
      return this.#worker.die(notStarted(id, why), { cause: "nobody" });
    }
    if (owner === "unknown" && queue.in(RUNNING).length + queue.in(CLAIMED).length > 0) {
      // The cause may be code that an earlier activation left running.
      return this.#worker.die(failure, { cause: "doubtful" });
    }
    if (typeof owner === "object") {
      const module = inbox.bindingOf(owner.binding)?.module;
      const isOfModule = ({ bound }: QueuedTask) => bound.message.module === module;
      if (module !== undefined && owner.isLoaded && queue.in(RUNNING).some(isOfModule)) {
        return this.#worker.die(failure, { cause: "background", module });
      }
      if (!owner.isLoaded) this.#failLoading(owner.binding, failure);
      else this.#report(failure);
    } else if (owner !== "failed") this.#report(failure);
    this.#worker.retire();
    // The worker starts no more tasks: those that were not started are executed by other workers, if they can
    // be sent.
    giveBack(queue.revokeNewest(Infinity, true));
    for (const held of this.#worker.queue.revokeMoved()) held.fail(failure, this.#worker.id);
  }

  /** Fails the tasks that waited for a module which failed while it was loaded. */
  #failLoading(binding: number, failure: UncaughtError): void {
    const { id, queue } = this.#worker;
    this.#worker.failedToLoad(binding, failure);
    for (const held of queue.in(CLAIMED)) {
      if (held.bound.number !== binding || !queue.revoke(held)) continue;
      held.fail(failedToLoad(id, held.bound.message, failure), id);
    }
  }

  /** Reports an error without an activation, up to a maximum number. */
  #report(error: UncaughtError): void {
    if (this.#reported++ < MAX_REPORTS) this.#worker.uncaught(error);
  }
}

/** The parts of a worker that its reports affect. */
export interface ReportingWorker {
  readonly id: string;
  readonly queue: WorkerQueue;
  readonly inbox: WorkerInbox;
  readonly liveness: Liveness;
  readonly loads: WorkerLoads;
  isDead(): boolean;
  /** Checks whether the worker has done anything that it was asked for. */
  hasServed(): boolean;
  /** The worker has done so for the first time. */
  served(): void;
  /** Tasks were revoked from the worker. */
  takenBack(tasks: readonly QueuedTask[]): void;
  /** The worker has gone straight on to a task. */
  wentOn(held: QueuedTask): void;
  /** The worker did not start a task that was started on its behalf. */
  returned(held: QueuedTask): void;
  /** A routine has loaded, or failed to. */
  loaded(binding: number, error: Error | undefined): void;
  /** A module failed while it was loading. */
  failedToLoad(binding: number, error: Error): void;

  /** An error in the worker belongs to no activation. */
  uncaught(error: UncaughtError): void;
  /** The worker must get no more tasks. */
  retire(): void;
  /** The worker cannot be used any more. */
  die(error: Error | undefined, blame: Blame): void;
}

/** Checks whether the effects of a flush belong to the task that asks for it. */
function isOwn({ task, request }: Extract<Report, { type: "ask" }>): boolean {
  return request.kind !== "flush" || taskOf(request.effects) === task;
}

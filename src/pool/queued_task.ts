// The pool's record of a task, from when it is taken from its source until it has ended or was revoked. All
// methods of a `Task`, which are code of the user, are called here and nowhere else: after the pool's own
// state has changed, and with their errors and rejections caught.

import { serializeError } from "../data/serialized_error.ts";
import { clearTimer, type TimerId } from "../data/timer.ts";
import { watchResult } from "../data/user_call.ts";
import { textOf } from "../errors/text_of.ts";
import type { Bound } from "./bound.ts";
import type { Request } from "../wire/messages.ts";
import { decodeEffects } from "../wire/packed_effects.ts";
import type { SourceQueue } from "./source_queue.ts";
import type { Strand } from "./strand.ts";
import type { Outcome, Task } from "./task.ts";

/** The maximum number of answers to one task that are tracked. */
const MAX_ANSWERS = 64;

/** A task that the pool has taken from a source. */
export class QueuedTask {
  readonly task: Task;
  readonly source: SourceQueue;
  readonly bound: Bound;
  // Read once, as they may be getters of the user.
  /** The index of its slot in the list of slots. */
  readonly slot: number;
  readonly attempt: number;
  /** `true` if it moves objects, so that it cannot be sent twice. */
  readonly hasTransfer: boolean;
  /** `true` if its worker may go straight on to the task that follows. */
  mayGoOn: boolean;
  /** The number of tasks that its worker has executed under its number before, from which it went straight on. */
  stage = 0;
  /** The position of the task in the order in which the pool took the tasks of its source. */
  readonly order: number;
  /** The estimate of its duration when it was placed, in microseconds. */
  estimate = 0;
  /** The strand of a worker on which it was placed. */
  strand: Strand | undefined;
  /** The number of the task at its worker. It gets a new number at another worker. */
  number = -1;
  /** The number of the message in which it was sent. */
  message = 0;
  /** `true` if it counts for its strand. A task that has ended without a report does not. */
  isOnStrand = false;
  /** `true` if it is known to have been started by its worker. */
  isSeen = false;
  /** The number of workers that were lost while they executed it. */
  losses = 0;
  /** The reason with which it was aborted, if it was. */
  abort: { readonly reason: unknown } | undefined;
  /** The timer of its grace period. */
  grace: TimerId | undefined;
  /** Its neighbours in the list of its worker. */
  previous: QueuedTask | undefined;
  next: QueuedTask | undefined;
  #answers: Map<number, number> | undefined;
  #isExclusive = false;
  #isSeparate = false;
  #isBegun = false;
  #isEnded = false;

  constructor(task: Task, source: SourceQueue, bound: Bound, order: number) {
    this.task = task;
    this.source = source;
    this.bound = bound;
    this.slot = bound.slots.indexOf(task.slot);
    this.attempt = task.attempt;
    this.mayGoOn = task.ways !== undefined;
    this.hasTransfer = (task.transfer?.length ?? 0) > 0;
    this.order = order;
  }

  /** The id of its activation, for messages. */
  get activationId(): string {
    try {
      return this.task.activationId;
    } catch (error) {
      return textOf(error);
    }
  }

  /** Checks whether its handler is known to have been called. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Checks whether its end has been reported to its source. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /**
   * Checks whether it is executed alone, in a worker of its own, because it may be the cause of lost workers.
   */
  get isExclusive(): boolean {
    return this.#isExclusive;
  }

  /** Checks whether it is sent in a message of its own, to a strand without other tasks. */
  get isSeparate(): boolean {
    return this.hasTransfer || this.#isSeparate;
  }

  /** Marks it to be sent in a message of its own, as a shared message could not be read. */
  separate(): void {
    this.#isSeparate = true;
  }

  /** Marks it to be executed alone. */
  isolate(): void {
    this.#isExclusive = true;
  }

  begin(workerId: string): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    try {
      watch(this.task.begin(workerId), this.source);
    } catch (error) {
      this.source.report(error);
    }
  }

  /** Reports its end, unless it has been reported. */
  end(outcome: Outcome, workerId: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimer(this.grace);
    this.source.forget(this);
    this.begin(workerId);
    try {
      watch(this.task.end(outcome), this.source);
    } catch (error) {
      this.source.report(error);
    }
  }

  /** Reports that it is executed again, as its effects were lost. */
  restart(): void {
    this.losses++;
    // The task that followed may have ended the worker, so this one is reported before it begins.
    this.mayGoOn = false;
    this.#answers = undefined;
    if (!this.#isBegun || this.#isEnded) return;
    try {
      watch(this.task.restart(), this.source);
    } catch (error) {
      this.source.report(error);
    }
  }

  progress(data: unknown): void {
    if (this.#isEnded) return;
    try {
      watch(this.task.progress(data), this.source);
    } catch (error) {
      this.source.report(error);
    }
  }

  /** Answers a question of its handler. Rejections are passed on to the handler. */
  answer(request: Request): Promise<unknown> {
    return new Promise((resolve, reject) => {
      switch (request.kind) {
        case "get":
          return resolve(this.task.get(request.key));
        case "keys":
          return resolve(this.task.keys());
        case "routineState":
          return resolve(this.task.routineState());
        case "lock":
          return watchResult(this.task.lock(request.keys, resolve), reject);
        case "flush":
          return resolve(this.task.flush(decodeEffects(request.effects), request.committed));
        default:
          request satisfies never;
      }
    });
  }

  /** Records the message with the answer to a question, in case the worker cannot read it. */
  answered(ask: number, message: number): void {
    this.#answers ??= new Map();
    this.#answers.set(message, ask);
    // Older answers have been read by now.
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MAX_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
  }

  /** Returns the question that was answered by a message, if there is one. */
  askOf(message: number): number | undefined {
    return this.#answers?.get(message);
  }

  /** Ends it with an error before it was executed. */
  fail(error: unknown, workerId = ""): void {
    this.end({ error: serializeError(error), execution: undefined }, workerId);
  }
}

/** Reports the rejection of a method of a task that is async. */
function watch(result: unknown, source: SourceQueue): void {
  if (result !== undefined) watchResult(result, (thrown) => source.report(thrown));
}

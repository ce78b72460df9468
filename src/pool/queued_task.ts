// A task on its way through the pool, from when it was taken from its source until it has ended or was
// revoked. All methods of a `Task`, which belong to whoever made it, are called here and nowhere else:
// after the pool's own state has changed, and with whatever they throw caught.

import { serializeError } from "../data/serialized_error.ts";
import { clearTimer, type TimerId } from "../data/timer.ts";
import { textOf } from "../errors/text_of.ts";
import type { Bound } from "./bound.ts";
import type { Found } from "../routine/found.ts";
import type { Request } from "../wire/messages.ts";
import { decodeEffects } from "../wire/packed_effects.ts";
import type { SourceQueue } from "./source_queue.ts";
import type { Strand } from "./strand.ts";
import type { Outcome, Task } from "./task.ts";

/** The most answers to one task that may be on their way. */
const MAX_ANSWERS = 64;

/** A task that the pool has taken from a source. */
export class QueuedTask {
  readonly task: Task;
  readonly source: SourceQueue;
  readonly bound: Bound;
  // Read once, as they are the code of whoever made the task.
  /** The place of its slot in the list of slots. */
  readonly slot: number;
  readonly attempt: number;
  /** `true` if it carries what cannot be sent twice. */
  readonly hasTransfer: boolean;
  /** Its place in the order in which the pool took the tasks of its source. */
  readonly order: number;
  /** The estimate of its duration when it was placed, in microseconds. */
  estimate = 0;
  /** The strand of a worker that it was placed on. */
  strand: Strand | undefined;
  /** The number that it has at its worker; it gets another at another worker. */
  number = -1;
  /** The number of the message that it was sent in. */
  message = 0;
  /** `true` if it counts for its strand: not when it has ended, though that was not reported. */
  isOnStrand = false;
  /** `true` if it is known to have been started at its worker. */
  isSeen = false;
  /** The number of workers that were lost while they executed it. */
  losses = 0;
  /** The abort of it, if it was aborted. */
  abort: { readonly reason: unknown } | undefined;
  /** Rings when the time to stop is over for it. */
  grace: TimerId | undefined;
  /** The neighbours of it in the list of its worker. */
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
    this.hasTransfer = (task.transfer?.length ?? 0) > 0;
    this.order = order;
  }

  /** The id of its activation, for a message. */
  get activationId(): string {
    try {
      return this.task.activationId;
    } catch (error) {
      return textOf(error);
    }
  }

  /** Checks whether a handler is known to have been called for it. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Checks whether its end has been reported to its source. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /**
   * Checks whether it is executed alone, in a worker of its own, as it may be the one that breaks
   * workers.
   */
  get isExclusive(): boolean {
    return this.#isExclusive;
  }

  /** Checks whether it is sent in a message of its own, and so to a strand that has no other. */
  get isSeparate(): boolean {
    return this.hasTransfer || this.#isSeparate;
  }

  /** Sends it in a message of its own from now on, as one that it shared could not be read. */
  separate(): void {
    this.#isSeparate = true;
  }

  /** Executes it alone from now on. */
  isolate(): void {
    this.#isExclusive = true;
  }

  begin(workerId: string): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    try {
      this.task.begin(workerId);
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
      this.task.end(outcome);
    } catch (error) {
      this.source.report(error);
    }
  }

  /** Reports that it is executed once more, as what it did is lost. */
  restart(): void {
    this.losses++;
    this.#answers = undefined;
    if (!this.#isBegun || this.#isEnded) return;
    try {
      this.task.restart();
    } catch (error) {
      this.source.report(error);
    }
  }

  progress(data: unknown): void {
    if (this.#isEnded) return;
    try {
      this.task.progress(data);
    } catch (error) {
      this.source.report(error);
    }
  }

  /** Answers a question of its handler; what the answer rejects with is the handler's. */
  answer(request: Request): Promise<unknown> {
    return new Promise((resolve) => {
      switch (request.kind) {
        case "get":
          return resolve(this.task.get(request.key));
        case "keys":
          return resolve(this.task.keys());
        case "routineState":
          return resolve(this.task.routineState());
        case "lock":
          return this.task.lock(request.keys, (values: ReadonlyMap<string, Found>) => {
            resolve(values);
          });
        case "flush":
          return resolve(this.task.flush(decodeEffects(request.effects), request.committed));
        default:
          request satisfies never;
      }
    });
  }

  /** Notes the message that a question was answered in, should it prove unreadable. */
  answered(ask: number, message: number): void {
    this.#answers ??= new Map();
    this.#answers.set(message, ask);
    // Those before these many have been read.
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MAX_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
  }

  /** The question that was answered in a message, if one was. */
  askOf(message: number): number | undefined {
    return this.#answers?.get(message);
  }

  /** Fails it before it came to be executed. */
  fail(error: unknown, workerId = ""): void {
    this.end({ error: serializeError(error), execution: undefined }, workerId);
  }
}

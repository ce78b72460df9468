// The host's record of the tasks at one worker. `PoolWorker` sends the tasks that are placed here and passes
// on the reports of the worker; the `Scheduler` queries the room and places tasks.

import { now } from "../data/clock.ts";
import type { SerializedError } from "../data/serialized_error.ts";
import type { Execution } from "../engine/job_event.ts";
import type { Effects } from "../routine/effects.ts";
import { NOTHING } from "../wire/packed_effects.ts";
import type { QueuedTask } from "./queued_task.ts";
import type { SourceQueue } from "./source_queue.ts";
import { SLOW_MS, type Strand } from "./strand.ts";
import { StrandSet } from "./strand_set.ts";
import type { Outcome } from "./task.ts";
import { CLAIMED, ENDED, QUEUED, RUNNING, SharedTaskRing } from "../wire/shared_task_ring.ts";

/** The maximum number of tasks that wait behind others at a worker. */
const MAX_BEHIND = 512;
/** The interval of the search for tasks that have ended without a report, in milliseconds. */
const SWEEP_MS = 20;
/** The time after the end of an activation from which on its report may be lost, in milliseconds. */
const LOST_MS = 200;

/** The tasks of a worker. On each of its strands, one task executes and others wait behind it. */
export class WorkerQueue {
  /** The memory shared with the worker. */
  readonly ring: SharedTaskRing;
  /** The time of the last progress of the worker, in milliseconds of the monotonic clock. */
  progressAt = 0;
  readonly #workerId: string;
  readonly #index: number;
  readonly #mayGoOn: boolean;
  readonly #cells: (QueuedTask | undefined)[];
  readonly #strands: StrandSet;
  #first: QueuedTask | undefined;
  #last: QueuedTask | undefined;
  #size = 0;
  /** The number of tasks that are not known to have been started. */
  #unseen = 0;
  #next = 0;
  #pulse = 0;
  #sweptAt = 0;
  /** The time at which the pulse of the worker was last seen to have changed. */
  #pulseAt = 0;

  /**
   * @param workerId The worker.
   * @param index The index of the worker in its pool.
   * @param maxStrands The maximum number of activations that it executes at once.
   * @param mayGoOn `true` if it may go straight on from one task to the next.
   */
  constructor(workerId: string, index: number, maxStrands: number, mayGoOn: boolean) {
    this.#workerId = workerId;
    this.#index = index;
    this.#strands = new StrandSet(index, maxStrands);
    this.#mayGoOn = mayGoOn;
    // Twice the maximum number of tasks, as numbers whose cells are still used by long-running tasks are
    // skipped.
    const cells = 2 ** Math.ceil(Math.log2(2 * (maxStrands + MAX_BEHIND)));
    this.ring = new SharedTaskRing(cells);
    this.#cells = new Array(cells).fill(undefined);
  }

  /** The number of tasks of the worker. */
  get size(): number {
    return this.#size;
  }

  /** The number of its strands that have a task. */
  get busyStrands(): number {
    return this.#strands.busy;
  }

  /** Checks whether a strand is free. */
  get hasFreeStrand(): boolean {
    return this.#strands.hasFree;
  }

  /** Checks whether a task may be placed behind others. */
  get hasRoomBehind(): boolean {
    return this.#strands.hasRoomBehind && this.#size < this.busyStrands + MAX_BEHIND;
  }

  /**
   * Checks whether more tasks should be placed behind others: only when some of the work has ended, and at least
   * as many are ready as wait here. Single tasks would be sent in messages of their own, as would their results
   * and the tasks that follow from them. Results in the inbox of the host count as waiting, so a busy host reads
   * them first.
   *
   * @param ready The number of tasks that could be given to the worker.
   */
  isLow(ready: number): boolean {
    return this.hasRoomBehind && this.#strands.isLow &&
      this.#size - this.busyStrands <= Math.min(ready, MAX_BEHIND / 2);
  }

  /** Checks whether tasks wait behind others. */
  get hasBehind(): boolean {
    return this.#size > this.busyStrands;
  }

  /** Checks whether there are tasks whose handlers are not known to have been called. */
  get isUnclear(): boolean {
    return this.#unseen > 0;
  }

  /** Checks whether the worker has not started any of its tasks for a number of milliseconds. */
  isUnresponsive(at: number, ms: number): boolean {
    if (this.#unseen < this.#size || this.#size === 0) return false;
    this.#takePulse(at);
    if (at - Math.max(this.progressAt, this.#pulseAt) < ms) return false;
    for (const held of this.#all()) if (this.stateOf(held) !== QUEUED) return false;
    return true;
  }

  /** Places a task on a free strand. */
  open(held: QueuedTask, at: number): void {
    this.#place(held, this.#strands.open(at));
  }

  /** Returns a strand that makes progress, and on which a task of a source may wait behind others. */
  strandFor(source: SourceQueue, at: number): Strand | undefined {
    return this.#strands.behindFor(source, at);
  }

  /** Places a task behind others. */
  add(held: QueuedTask, strand: Strand): void {
    this.#strands.putLast(strand);
    this.#place(held, strand);
  }

  /** Returns the task with a number, if the worker has it. */
  get(number: number): QueuedTask | undefined {
    const held = this.#cells[this.ring.cellOf(number)];
    return held?.number === number ? held : undefined;
  }

  /** Checks whether the worker has a task. */
  has(held: QueuedTask): boolean {
    return held.strand?.worker === this.#index && this.get(held.number) === held;
  }

  /** Returns the state of a task from its cell. */
  stateOf(held: QueuedTask): number {
    return this.ring.state(held.number);
  }

  /** Revokes a task whose handler was not called. */
  revoke(held: QueuedTask): boolean {
    if (!this.ring.revoke(held.number)) return false;
    this.#remove(held);
    return true;
  }

  /**
   * Revokes tasks that can still be given to another worker.
   *
   * @param atMost The maximum number of tasks to revoke, the last ones first.
   * @param claimed `true` to revoke tasks whose routine is being loaded as well.
   */
  revokeNewest(atMost: number, claimed: boolean): QueuedTask[] {
    const revoked: QueuedTask[] = [];
    let held = this.#last;
    while (held !== undefined && revoked.length < atMost) {
      const { previous } = held;
      if (this.#mayMove(held, claimed) && this.revoke(held)) revoked.push(held);
      held = previous;
    }
    return revoked.reverse();
  }

  /**
   * Revokes tasks that the worker has not claimed, from strands without progress.
   *
   * @returns The tasks, and whether the worker is blocked: it did not start a task although nothing was in
   * front of it.
   */
  revokeStale(at: number): { readonly tasks: QueuedTask[]; readonly isBlocked: boolean } {
    const tasks: QueuedTask[] = [];
    let isBlocked = false;
    if (this.#unseen > 0) this.#takePulse(at);
    for (const held of this.#unseenLast()) {
      const strand = held.strand as Strand;
      const isHead = strand.head === held;
      if (!this.#isStale(strand, at) || !this.#mayMove(held, false)) continue;
      if (!this.revoke(held)) continue;
      tasks.push(held);
      // The first task of a strand waits for nothing but the worker.
      isBlocked ||= isHead;
    }
    return { tasks: tasks.reverse(), isBlocked };
  }

  /**
   * Revokes the tasks that were not started and whose payloads were moved, so that they cannot be sent
   * elsewhere.
   */
  revokeMoved(): QueuedTask[] {
    return [...this.#all()].filter((held) => held.hasTransfer && this.revoke(held));
  }

  /** Revokes the unclaimed tasks for which a condition holds. */
  revokeWhere(holds: (held: QueuedTask) => boolean): QueuedTask[] {
    return [...this.#all()].filter((held) =>
      this.stateOf(held) === QUEUED && holds(held) && this.revoke(held)
    );
  }

  /** Checks whether the worker has claimed or started a task. */
  get hasClaimed(): boolean {
    return this.#all().some((held) => this.stateOf(held) !== QUEUED);
  }

  /** Checks whether a handler was called after a time, in epoch milliseconds. */
  hasStartedAfter(at: number): boolean {
    return at < Infinity && this.in(RUNNING).some((held) => this.ring.startedAt(held.number) > at);
  }

  /**
   * Ends a task as reported by the worker.
   *
   * @param end The number of the report among all ends that the worker has reported, from 1.
   * @returns `true` if the worker has the task and it has ended; `false` for an invalid report.
   */
  settle(
    number: number,
    result: Effects | SerializedError | undefined,
    end: number,
  ): boolean {
    const held = this.get(number);
    if (held === undefined || this.ring.state(number) !== ENDED) return false;
    if (this.ring.endOf(number) !== end) return false;
    const execution = this.#execution(number, this.ring.endedAt(number));
    // The strand has made progress together with the worker.
    if (held.isOnStrand) (held.strand as Strand).progressAt = this.progressAt;
    this.#remove(held);
    if (execution !== undefined) held.bound.measured(execution.endedAt - execution.startedAt);
    held.end(outcomeOf(result, execution), this.#workerId);
    return true;
  }

  /**
   * Ends a task from whose activation the worker has gone straight on, and puts the task that follows in its place.
   *
   * @returns The task that follows; `undefined` for an invalid report.
   */
  goOn(
    number: number,
    effects: Effects,
    startedAt: number,
    endedAt: number,
  ): QueuedTask | undefined {
    const held = this.get(number);
    if (held === undefined || held.stage >= this.ring.stageOf(number)) return undefined;
    this.begin(held);
    if (held.isOnStrand) (held.strand as Strand).progressAt = this.progressAt;
    held.bound.measured(endedAt - startedAt);
    const execution = { workerId: this.#workerId, startedAt, endedAt };
    held.end({ effects, execution }, this.#workerId);
    // The code of the source may have ended this worker, and with it the task.
    if (held.strand === undefined) return held;
    const next = held.source.follow(held);
    this.#replace(held, next);
    next.begin(this.#workerId);
    return next;
  }

  /** Withdraws the permission of a task that executes to go straight on to the next one. */
  forbid(held: QueuedTask): void {
    if (this.has(held)) this.ring.forbid(held.number);
  }

  /** Reports the handlers that were called since the last check. */
  look(): void {
    for (const held of [...this.#unseenLast()].reverse()) {
      if (held.isSeen || held.strand === undefined) continue;
      const state = this.stateOf(held);
      if (state === RUNNING || state === ENDED) this.begin(held);
    }
  }

  /** Reports that the handler of a task was called. */
  begin(held: QueuedTask): void {
    if (held.isSeen) return;
    held.isSeen = true;
    this.#unseen--;
    held.begin(this.#workerId);
  }

  /**
   * Finds tasks that have ended without a report. They leave their strands, as they do not block other tasks.
   *
   * @returns `true` if a task has ended so long ago that its report may be lost.
   */
  sweepEnded(): boolean {
    const at = now();
    // Limited in frequency, as every task is checked.
    if (at - this.#sweptAt < SWEEP_MS) return false;
    this.#sweptAt = at;
    let isLost = false;
    for (const held of [...this.#all()]) {
      if (this.stateOf(held) !== ENDED) continue;
      const since = at - this.ring.endedAt(held.number);
      if (since < SWEEP_MS) continue;
      this.begin(held);
      this.#strands.leave(held);
      isLost ||= since >= LOST_MS;
    }
    return isLost;
  }

  /** Returns the tasks in a state. */
  in(state: typeof QUEUED | typeof CLAIMED | typeof RUNNING | typeof ENDED): QueuedTask[] {
    return [...this.#all()].filter((held) => this.stateOf(held) === state);
  }

  /** Removes a task that goes on in the worker, although it has ended on the host. */
  forget(held: QueuedTask): void {
    this.#remove(held);
  }

  /** Removes all tasks of a worker that cannot be used any more. */
  abandon(): Remains {
    const remains: Remains = { waiting: [], loading: [], running: [], goneOn: [], ended: [] };
    for (const held of [...this.#all()]) {
      const isLoading = this.stateOf(held) === CLAIMED;
      // Revoked first, as the thread may still run and start the task meanwhile.
      if (this.ring.revoke(held.number)) remains[isLoading ? "loading" : "waiting"].push(held);
      else if (this.#hasGoneOn(held)) remains.goneOn.push(held);
      else if (this.stateOf(held) === ENDED) remains.ended.push(held);
      else remains.running.push(held);
      this.#remove(held);
    }
    return remains;
  }

  /** Returns the execution of a task up to a time; `undefined` if its handler was not called. */
  executionOf(held: QueuedTask, endedAt: number = now()): Execution | undefined {
    return this.#execution(held.number, endedAt);
  }

  #execution(number: number, endedAt: number): Execution | undefined {
    const startedAt = this.ring.startedAt(number);
    return startedAt === 0 ? undefined : { workerId: this.#workerId, startedAt, endedAt };
  }

  #place(held: QueuedTask, strand: Strand): void {
    held.isSeen = false;
    this.#strands.enter(held, strand);
    this.#size++;
    this.#unseen++;
    held.previous = this.#last;
    if (this.#last === undefined) this.#first = held;
    else this.#last.next = held;
    this.#last = held;
    this.#number(held, strand);
  }

  /** Assigns a number to a task, and fills its cell. */
  #number(held: QueuedTask, strand: Strand): void {
    while (this.#cells[this.ring.cellOf(this.#next)] !== undefined) this.#next++;
    const number = this.#next++;
    const { bound, slot, attempt } = held;
    this.#cells[this.ring.cellOf(number)] = held;
    held.number = number;
    held.stage = 0;
    const mayGoOn = this.#mayGoOn && held.mayGoOn && !held.isExclusive;
    this.ring.queue(number, bound.number, slot, attempt, strand.index, mayGoOn);
  }

  /** Puts a task that has begun in the place of one that has ended. */
  #replace(held: QueuedTask, next: QueuedTask): void {
    const { previous, next: following, number } = held;
    this.#strands.replace(held, next);
    next.number = number;
    next.message = held.message;
    next.stage = held.stage + 1;
    next.isSeen = true;
    next.previous = previous;
    next.next = following;
    this.#cells[this.ring.cellOf(number)] = next;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (following === undefined) this.#last = next;
    else following.previous = next;
    held.previous = held.next = undefined;
  }

  #remove(held: QueuedTask): void {
    const { previous, next } = held;
    if (held.strand === undefined) return;
    this.#strands.leave(held);
    this.#cells[this.ring.cellOf(held.number)] = undefined;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    held.previous = held.next = held.strand = undefined;
    this.#size--;
    if (!held.isSeen) this.#unseen--;
  }

  /** Checks whether a task has ended without a report, as its worker has gone straight on. */
  #hasGoneOn({ number, stage }: QueuedTask): boolean {
    return this.ring.stageOf(number) > stage;
  }

  #takePulse(at: number): void {
    const { pulse } = this.ring;
    if (pulse === this.#pulse) return;
    this.#pulse = pulse;
    this.#pulseAt = at;
  }

  /** Checks whether a task can be given to another worker. A task whose payload was moved cannot. */
  #mayMove(held: QueuedTask, claimed: boolean): boolean {
    if (held.isSeen || held.hasTransfer) return false;
    const state = this.stateOf(held);
    return state === QUEUED || claimed && state === CLAIMED;
  }

  /** Checks whether a task is the first on its strand and has waited for too long. */
  isUntaken(held: QueuedTask, at: number): boolean {
    const strand = held.strand as Strand;
    if (strand.head !== held || this.stateOf(held) !== QUEUED) return false;
    this.#takePulse(at);
    return this.#isStale(strand, at);
  }

  /** Checks whether the first task on a strand has occupied it for too long. */
  #isStale(strand: Strand, at: number): boolean {
    const { head } = strand;
    const state = head && this.stateOf(head);
    // The result of a task that has ended is on its way.
    if (head === undefined || state === ENDED) return false;
    const since = state === RUNNING
      ? this.ring.startedAt(head.number) - now() + at
      : Math.max(strand.progressAt, this.#pulseAt);
    return at - since >= SLOW_MS;
  }

  /**
   * Iterates over the tasks that are not known to have been started, last to first, as they are among the
   * last.
   */
  *#unseenLast(): Generator<QueuedTask> {
    let left = this.#unseen;
    for (let held = this.#last, previous; held !== undefined && left > 0; held = previous) {
      previous = held.previous;
      if (held.isSeen) continue;
      left--;
      yield held;
    }
  }

  *#all(): Generator<QueuedTask> {
    for (let held = this.#first, next; held !== undefined; held = next) {
      next = held.next;
      yield held;
    }
  }
}

/** The tasks that a worker leaves when it cannot be used any more, by their state. */
export interface Remains {
  /** Tasks that the worker had not claimed. */
  readonly waiting: QueuedTask[];
  /** Tasks whose routines the worker was loading. */
  readonly loading: QueuedTask[];
  /** Tasks whose handlers were called, and have not ended. */
  readonly running: QueuedTask[];
  /** Tasks from which the worker has gone straight on without a report. */
  readonly goneOn: QueuedTask[];
  /** Tasks that have ended without a report. */
  readonly ended: QueuedTask[];
}

function outcomeOf(
  result: Effects | SerializedError | undefined = NOTHING,
  execution: Execution | undefined,
): Outcome {
  // A task that ended without an error was executed.
  if ("emits" in result) return { effects: result, execution: execution as Execution };
  return { error: result, execution };
}

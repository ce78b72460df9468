// The tasks at one worker, as its host sees them. `PoolWorker` sends what is placed here and brings what
// the worker reports; the `Scheduler` asks for room and places tasks.

import { now } from "../data/clock.ts";
import type { SerializedError } from "../data/serialized_error.ts";
import type { Execution } from "../engine/job_event.ts";
import { decodeEffects, NOTHING, type PackedEffects } from "../wire/packed_effects.ts";
import type { QueuedTask } from "./queued_task.ts";
import type { SourceQueue } from "./source_queue.ts";
import { Strand } from "./strand.ts";
import type { Outcome } from "./task.ts";
import { CLAIMED, ENDED, QUEUED, RUNNING, SharedTaskRing } from "../wire/task_ring.ts";

/** No more tasks than this wait behind others at a worker. */
const MAX_BEHIND = 512;
/** Nor more work than this, in microseconds: enough to outlast the way to the host and back. */
const MAX_US = 1_500;
/** The greatest estimate of a task, in microseconds: a small integer, of which sums are exact. */
const LONGEST_US = 1_000_000;
/** A strand that has not got on for this long, in milliseconds, keeps what waits on it from others. */
const SLOW_MS = 2;

/** Tasks that have ended, and were not reported, are looked for this often, in milliseconds. */
const SWEEP_MS = 20;
/** A report that has not come for so long after its activation ended, in milliseconds, may be lost. */
const LOST_MS = 200;

/** The tasks that a worker leaves when it can be used no more, by how far they were. */
export interface Remains {
  /** The worker had not taken them up. */
  readonly waiting: QueuedTask[];
  /** The worker was loading their routines. */
  readonly loading: QueuedTask[];
  /** Their handlers were called, and have not ended. */
  readonly running: QueuedTask[];
  /** They have ended, which was not reported. */
  readonly ended: QueuedTask[];
}

/** The tasks that a worker holds: on each of its strands one that executes, and others behind it. */
export class WorkerQueue {
  /** The memory shared with the worker. */
  readonly ring: SharedTaskRing;
  /** When the worker last got on, in milliseconds of the monotonic clock. */
  progressAt = 0;
  readonly #workerId: string;
  readonly #index: number;
  readonly #maxStrands: number;
  readonly #cells: (QueuedTask | undefined)[];
  readonly #idle: Strand[] = [];
  /** The strands that execute only what is quick, so that more may wait on them. */
  readonly #open = new Set<Strand>();
  #strands = 0;
  #first: QueuedTask | undefined;
  #last: QueuedTask | undefined;
  #size = 0;
  /** Number of them that are not known to have been started. */
  #unseen = 0;
  #next = 0;
  /** The estimates of all tasks that are quick, in microseconds. */
  #quickUs = 0;
  #pulse = 0;
  #sweptAt = 0;
  /** When the worker was last found to have taken up a task. */
  #pulseAt = 0;

  /**
   * @param workerId The worker.
   * @param index Its place among the pool's workers.
   * @param maxStrands How many activations it may execute at once.
   */
  constructor(workerId: string, index: number, maxStrands: number) {
    this.#workerId = workerId;
    this.#index = index;
    this.#maxStrands = maxStrands;
    // Twice the tasks that there can be: a task passes over the cells of those that stay long.
    const cells = 2 ** Math.ceil(Math.log2(2 * (maxStrands + MAX_BEHIND)));
    this.ring = new SharedTaskRing(cells);
    this.#cells = new Array(cells).fill(undefined);
  }

  /** Number of tasks that the worker holds. */
  get size(): number {
    return this.#size;
  }

  /** Number of its strands that have a task. */
  get busyStrands(): number {
    return this.#strands - this.#idle.length;
  }

  /** Checks whether another strand can be used. */
  get hasFreeStrand(): boolean {
    return this.busyStrands < this.#maxStrands;
  }

  /** Checks whether something may be placed behind others. */
  get hasRoomBehind(): boolean {
    return this.#open.size > 0 && this.#quickUs < MAX_US &&
      this.#size < this.busyStrands + MAX_BEHIND;
  }

  /**
   * Checks whether more tasks may wait behind others: once as many are ready as wait here. One by
   * one they would travel in messages of their own, and so would their results, and those that follow
   * them. Results that lie in the host's inbox count as waiting, so a busy host reads them first.
   *
   * @param ready The number of tasks that the worker could be given.
   */
  isLow(ready: number): boolean {
    return this.hasRoomBehind && this.#size - this.busyStrands <= Math.min(ready, MAX_BEHIND / 2);
  }

  /** Checks whether tasks wait behind others. */
  get hasBehind(): boolean {
    return this.#size > this.busyStrands;
  }

  /**
   * Checks whether handlers may have been called without that being known here, or are still to be
   * called.
   */
  get isUnclear(): boolean {
    return this.#unseen > 0;
  }

  /** Checks whether the worker has not taken up its next task for a number of milliseconds. */
  isUnresponsive(at: number, ms: number): boolean {
    if (this.#unseen < this.#size || this.#size === 0) return false;
    this.#takePulse(at);
    if (at - Math.max(this.progressAt, this.#pulseAt) < ms) return false;
    for (const held of this.#all()) if (this.stateOf(held) !== QUEUED) return false;
    return true;
  }

  /** Puts a task on a strand that has none. */
  open(held: QueuedTask, at: number): void {
    const strand = this.#idle.pop() ??
      new Strand(this.#index, this.#strands++, this.#maxStrands);
    strand.progressAt = at;
    this.#place(held, strand);
  }

  /** A strand that gets on, and on which a task of a source may wait behind others. */
  strandFor(source: SourceQueue, at: number): Strand | undefined {
    for (const strand of this.#open) {
      if (at - strand.progressAt < SLOW_MS && source.mayUse(strand)) return strand;
    }
    return undefined;
  }

  /** Puts a task behind others. */
  add(held: QueuedTask, strand: Strand): void {
    // The next goes to another strand, as far as there are others.
    if (this.#open.size > 1 && this.#open.delete(strand)) this.#open.add(strand);
    this.#place(held, strand);
  }

  /** The task of a number, if it is here. */
  get(number: number): QueuedTask | undefined {
    const held = this.#cells[this.ring.cellOf(number)];
    return held?.number === number ? held : undefined;
  }

  /** Checks whether a task is here. */
  has(held: QueuedTask): boolean {
    return held.strand?.worker === this.#index && this.get(held.number) === held;
  }

  /** Returns the state of a task, as its cell says. */
  stateOf(held: QueuedTask): number {
    return this.ring.state(held.number);
  }

  /** Takes a task back whose handler was not called. */
  revoke(held: QueuedTask): boolean {
    if (!this.ring.revoke(held.number)) return false;
    this.#remove(held);
    return true;
  }

  /**
   * Takes back tasks that the worker has not taken up.
   *
   * @param atMost How many; the last come first.
   * @param claimed Whether those whose routine is being loaded are meant too.
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
   * Takes back tasks that the worker has not taken up, from strands that do not get on.
   *
   * @returns The tasks, and whether the worker is blocked: whether nothing but that kept it from them.
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
      // Nothing kept the worker from taking it up but the worker itself.
      isBlocked ||= isHead;
    }
    return { tasks: tasks.reverse(), isBlocked };
  }

  /** Takes back the tasks that were not started and carry what cannot be sent to another worker. */
  revokeMoved(): QueuedTask[] {
    return [...this.#all()].filter((held) => held.hasTransfer && this.revoke(held));
  }

  /** Takes back the tasks that were not taken up and for which something holds. */
  revokeWhere(holds: (held: QueuedTask) => boolean): QueuedTask[] {
    return [...this.#all()].filter((held) =>
      this.stateOf(held) === QUEUED && holds(held) && this.revoke(held)
    );
  }

  /** Checks whether a handler was called after a time, in epoch milliseconds. */
  hasStartedAfter(at: number): boolean {
    return this.in(RUNNING).some((held) => this.ring.startedAt(held.number) > at);
  }

  /**
   * Ends a task as the worker reports.
   *
   * @param end The place of the report among all ends that the worker has reported, from 1.
   * @returns Whether the task is here and has ended: anything else is no report of a sound worker.
   */
  settle(
    number: number,
    result: PackedEffects | SerializedError | undefined,
    end: number,
  ): boolean {
    const held = this.get(number);
    if (held === undefined || this.ring.state(number) !== ENDED) return false;
    if (this.ring.endOf(number) !== end) return false;
    const execution = this.#execution(number, this.ring.endedAt(number));
    // The strand has got on, at the time at which the worker did.
    if (held.isOnStrand) (held.strand as Strand).progressAt = this.progressAt;
    this.#remove(held);
    if (execution !== undefined) held.bound.measured(execution.endedAt - execution.startedAt);
    held.end(outcomeOf(result, execution), this.#workerId);
    return true;
  }

  /** Reports the handlers that were called. */
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
   * Looks for tasks that have ended and were not reported. They leave their strands, as they are not what
   * keeps others from being executed.
   *
   * @returns Whether one has ended so long ago that its report may be lost.
   */
  sweepEnded(): boolean {
    const at = now();
    // It takes a look at each, so not too often.
    if (at - this.#sweptAt < SWEEP_MS) return false;
    this.#sweptAt = at;
    let isLost = false;
    for (const held of [...this.#all()]) {
      if (this.stateOf(held) !== ENDED) continue;
      const since = at - this.ring.endedAt(held.number);
      if (since < SWEEP_MS) continue;
      this.begin(held);
      this.#leaveStrand(held);
      isLost ||= since >= LOST_MS;
    }
    return isLost;
  }

  /** The tasks in some state. */
  in(state: typeof QUEUED | typeof CLAIMED | typeof RUNNING | typeof ENDED): QueuedTask[] {
    return [...this.#all()].filter((held) => this.stateOf(held) === state);
  }

  /** Lets go of a task that goes on at the worker, though it has been ended here. */
  forget(held: QueuedTask): void {
    this.#remove(held);
  }

  /** Takes all tasks from a worker that can be used no more. */
  abandon(): Remains {
    const remains: Remains = { waiting: [], loading: [], running: [], ended: [] };
    for (const held of [...this.#all()]) {
      const isLoading = this.stateOf(held) === CLAIMED;
      // The thread may live on, and start it while we look.
      if (this.ring.revoke(held.number)) remains[isLoading ? "loading" : "waiting"].push(held);
      else if (this.stateOf(held) === ENDED) remains.ended.push(held);
      else remains.running.push(held);
      this.#remove(held);
    }
    return remains;
  }

  /** The execution of a task up to a time; `undefined` if its handler was not called. */
  executionOf(held: QueuedTask, endedAt: number = now()): Execution | undefined {
    return this.#execution(held.number, endedAt);
  }

  #execution(number: number, endedAt: number): Execution | undefined {
    const startedAt = this.ring.startedAt(number);
    return startedAt === 0 ? undefined : { workerId: this.#workerId, startedAt, endedAt };
  }

  #place(held: QueuedTask, strand: Strand): void {
    const us = Math.min(Math.ceil(held.bound.estimate * 1_000), LONGEST_US);
    held.estimate = us;
    held.strand = strand;
    held.isSeen = false;
    held.isOnStrand = true;
    held.source.place(strand);
    if (strand.size++ === 0) strand.head = held;
    strand.estimate += us;
    if (us < MAX_US) this.#quickUs += us;
    this.#size++;
    this.#unseen++;
    held.previous = this.#last;
    if (this.#last === undefined) this.#first = held;
    else this.#last.next = held;
    this.#last = held;
    this.#openOrClose(strand);
    this.#number(held, strand);
  }

  /** Gives a task its number, and fills its cell. */
  #number(held: QueuedTask, strand: Strand): void {
    while (this.#cells[this.ring.cellOf(this.#next)] !== undefined) this.#next++;
    const number = this.#next++;
    const { bound, slot, attempt } = held;
    this.#cells[this.ring.cellOf(number)] = held;
    held.number = number;
    this.ring.queue(number, bound.number, slot, attempt, strand.index);
  }

  #remove(held: QueuedTask): void {
    const { previous, next } = held;
    if (held.strand === undefined) return;
    this.#leaveStrand(held);
    this.#cells[this.ring.cellOf(held.number)] = undefined;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    held.previous = held.next = held.strand = undefined;
    this.#size--;
    if (!held.isSeen) this.#unseen--;
  }

  #leaveStrand(held: QueuedTask): void {
    const { strand } = held;
    if (strand === undefined || !held.isOnStrand) return;
    held.isOnStrand = false;
    if (--strand.size === 0) this.#idle.push(strand);
    if (strand.head === held) strand.head = strand.size === 0 ? undefined : behind(held, strand);
    strand.estimate -= held.estimate;
    if (held.estimate < MAX_US) this.#quickUs -= held.estimate;
    held.source.leave(strand);
    this.#openOrClose(strand);
  }

  /** Notes whether more may wait on a strand. */
  #openOrClose(strand: Strand): void {
    if (strand.size > 0 && strand.estimate < MAX_US) this.#open.add(strand);
    else this.#open.delete(strand);
  }

  #takePulse(at: number): void {
    const { pulse } = this.ring;
    if (pulse === this.#pulse) return;
    this.#pulse = pulse;
    this.#pulseAt = at;
  }

  /** Checks whether a task can be given to another worker: not once what it carries has left. */
  #mayMove(held: QueuedTask, claimed: boolean): boolean {
    if (held.isSeen || held.hasTransfer) return false;
    const state = this.stateOf(held);
    return state === QUEUED || claimed && state === CLAIMED;
  }

  /** Checks whether a task waits though nothing is in front of it, and has waited for a while. */
  isUntaken(held: QueuedTask, at: number): boolean {
    const strand = held.strand as Strand;
    if (strand.head !== held || this.stateOf(held) !== QUEUED) return false;
    this.#takePulse(at);
    return this.#isStale(strand, at);
  }

  /** Checks whether the task in front of a strand has kept it for a while. */
  #isStale(strand: Strand, at: number): boolean {
    const { head } = strand;
    const state = head && this.stateOf(head);
    // What has ended needs no look: its result is on its way.
    if (head === undefined || state === ENDED) return false;
    const since = state === RUNNING
      ? this.ring.startedAt(head.number) - now() + at
      : Math.max(strand.progressAt, this.#pulseAt);
    return at - since >= SLOW_MS;
  }

  /** The tasks that are not known to have been started, last to first: they are among the last. */
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

/** The next task on a strand. */
function behind(held: QueuedTask, strand: Strand): QueuedTask | undefined {
  let { next } = held;
  while (next !== undefined && !(next.strand === strand && next.isOnStrand)) next = next.next;
  return next;
}

function outcomeOf(
  result: PackedEffects | SerializedError | undefined,
  execution: Execution | undefined,
): Outcome {
  if (result !== undefined && !isPacked(result)) return { error: result, execution };
  const effects = result === undefined ? NOTHING : decodeEffects(result);
  // What has ended without an error was executed.
  return { effects, execution: execution as Execution };
}

function isPacked(result: PackedEffects | SerializedError): result is PackedEffects {
  return Array.isArray(result);
}

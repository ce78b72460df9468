import { serializeError } from "../data/serialized_error.ts";
import { BoundTable } from "./bound.ts";
import type { HeldTask } from "./held_task.ts";
import { giveBack, Lane } from "./lane.ts";
import type { PoolWorker } from "./pool_worker.ts";
import type { Task, TaskSource } from "./task.ts";

/** A message carries no more tasks than this, so that a worker has the next while one is executed. */
const MAX_BATCH = 128;
/** A worker that has not got on for this long, in milliseconds, keeps others waiting. */
const SLOW_MS = 2;

/** Chooses what each worker is given: from the sources by turns, so that work is spread evenly. */
export class Scheduler {
  /** What is known of the routines. */
  readonly bounds: BoundTable;
  readonly #maxActivations: number;
  #lanes: Lane[] = [];
  #turn = 0;
  /** The lanes whose turn it was when what they had next was to go alone, and could not. */
  readonly #owed = new Set<Lane>();

  constructor(maxActivations: number, onUnused: (binding: number) => void) {
    this.#maxActivations = maxActivations;
    this.bounds = new BoundTable(onUnused);
  }

  /** How many tasks are to be given out. */
  get ready(): number {
    let ready = 0;
    for (const lane of this.#lanes) ready += lane.ready;
    return ready;
  }

  /** Whether a task waits for an idle worker, so that none is to be kept busy. */
  get needsIdle(): boolean {
    return this.#lanes.some((lane) => lane.needsIdle);
  }

  /** How many workers there is use for. */
  get wanted(): number {
    let wanted = 0;
    for (const lane of this.#lanes) wanted += lane.wanted;
    return wanted;
  }

  attach(source: TaskSource): void {
    this.#lanes = this.#lanes.filter((lane) => !lane.isOver);
    this.#lanes.push(new Lane(source, this.bounds));
  }

  detach(source: TaskSource): void {
    for (const lane of this.#lanes) {
      if (lane.source !== source) continue;
      lane.detach();
      this.#owed.delete(lane);
    }
    this.#lanes = this.#lanes.filter((lane) => !lane.isOver);
  }

  /** Takes nothing more from any source. */
  close(error: Error): void {
    for (const lane of this.#lanes) {
      lane.detach();
      lane.source.fail(error);
    }
  }

  /** Takes a task back that is with no worker at the moment. */
  revoke(task: Task): HeldTask | undefined {
    for (const lane of this.#lanes) {
      const held = lane.remove(task);
      if (held !== undefined) return held;
    }
    return undefined;
  }

  /**
   * Gives workers what is ready.
   *
   * @param takers Those that may be given something.
   * @returns Whether any was given something.
   */
  feed(takers: readonly PoolWorker[]): boolean {
    const share = Math.min(Math.ceil(this.ready / takers.length), MAX_BATCH);
    const hands = takers.map((worker) => new Hand(worker, share, this.#maxActivations));
    // Dealt one by one, so that what comes first is begun first.
    for (let dealt = true; dealt;) {
      dealt = false;
      for (const hand of hands) if (this.#deal(hand)) dealt = true;
    }
    let hasGiven = false;
    for (const { worker, tasks } of hands) {
      if (tasks.length === 0) continue;
      worker.give(tasks);
      hasGiven = true;
    }
    return hasGiven;
  }

  /** Whether a worker may be given more. */
  hasRoom({ line, given }: PoolWorker, at: number): boolean {
    if (!line.hasRoom() || given >= this.#maxActivations) return false;
    return line.size === 0 || at - line.progressAt < SLOW_MS;
  }

  /** Takes back what waits behind slow tasks, for a worker that has nothing to do. */
  rescue(workers: Iterable<PoolWorker>, thief: PoolWorker, at: number): void {
    const stolen: HeldTask[] = [];
    for (const { line } of workers) {
      if (line.size > 1 && at - line.progressAt >= SLOW_MS) {
        stolen.push(...line.steal(Infinity, thief.index));
      }
    }
    giveBack(stolen);
  }

  /** Takes back half of what waits in the longest line, for a worker that has nothing to do. */
  steal(workers: Iterable<PoolWorker>, thief: PoolWorker): boolean {
    let longest: PoolWorker | undefined;
    for (const worker of workers) {
      if (worker.line.size > Math.max(1, longest?.line.size ?? 0)) longest = worker;
    }
    if (longest === undefined) return false;
    const stolen = longest.line.steal(Math.ceil((longest.line.size - 1) / 2), thief.index);
    giveBack(stolen);
    return stolen.length > 0;
  }

  /** Fails the next task. */
  failNext(error: Error): boolean {
    const held = this.#next(-1, true);
    held?.end({ error: serializeError(error), execution: undefined }, "");
    return held !== undefined;
  }

  /** Fails all that is ready. */
  failWaiting(error: Error): void {
    while (this.failNext(error));
  }

  /** Takes the next task for a worker, from the lanes by turns, if it has room for one. */
  #deal(hand: Hand): boolean {
    if (!hand.isOpen) return false;
    const held = this.#next(hand.worker.index, hand.isEmpty);
    if (held === undefined) hand.isOpen = false;
    else hand.take(held);
    return held !== undefined;
  }

  #next(worker: number, mayBeAlone: boolean): HeldTask | undefined {
    const owed = mayBeAlone ? this.#nextOwed(worker) : undefined;
    if (owed !== undefined) return owed;
    for (let i = this.#lanes.length; i > 0; i--) {
      this.#turn = (this.#turn + 1) % this.#lanes.length;
      const lane = this.#lanes[this.#turn] as Lane;
      if (!lane.mayGive(worker)) continue;
      const held = lane.take(mayBeAlone);
      if (held !== undefined) return held;
      if (!mayBeAlone && lane.needsIdle) this.#owed.add(lane);
    }
    return undefined;
  }

  #nextOwed(worker: number): HeldTask | undefined {
    for (const lane of this.#owed) {
      if (!lane.mayGive(worker)) continue;
      this.#owed.delete(lane);
      const held = lane.take(true);
      if (held !== undefined) return held;
    }
    return undefined;
  }
}

/** What a worker is about to be given in one message. */
class Hand {
  readonly worker: PoolWorker;
  readonly tasks: HeldTask[] = [];
  isOpen: boolean;
  readonly #most: number;
  #estimate = 0;

  constructor(worker: PoolWorker, share: number, maxActivations: number) {
    this.worker = worker;
    this.#most = Math.min(share, maxActivations - worker.given);
    this.isOpen = this.#hasRoom;
  }

  /** Whether it is to be the first task of an idle worker. */
  get isEmpty(): boolean {
    return this.tasks.length === 0 && this.worker.line.size === 0;
  }

  take(held: HeldTask): void {
    // At once, as it counts for the limit of what others are dealt.
    held.lane.hold(this.worker.index);
    this.tasks.push(held);
    this.#estimate += held.bound.estimate;
    this.isOpen = !held.isAlone && this.#hasRoom;
  }

  get #hasRoom(): boolean {
    const { length } = this.tasks;
    return length < this.#most && this.worker.line.hasRoom(length, this.#estimate);
  }
}

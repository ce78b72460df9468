// The tasks and loads that a worker behind a channel has to take up in time. Used by `ChannelWorker`, which
// gives the worker up otherwise.

import { elapsed } from "../data/clock.ts";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";

/** The shortest time between two checks of a worker that does not take up what it was sent, in milliseconds. */
const RECHECK_MS = 1_000;

/**
 * The tasks and loads that a worker behind a channel has not taken up yet, in order. A worker that takes up
 * none in time, and does not answer either, is overdue.
 */
export class ChannelTaking {
  readonly #worker: TakingWorker;
  readonly #timeout: number;
  /** The tasks and loads that were sent. */
  readonly #sent: Untaken[] = [];
  /** Loads that were asked for by themselves, and that are not sent yet. */
  readonly #wanted: Untaken[] = [];
  #watch: TimerId | undefined;
  #isStopped = false;

  /**
   * @param worker The worker.
   * @param timeout The time that it has, in milliseconds.
   */
  constructor(worker: TakingWorker, timeout: number) {
    this.#worker = worker;
    this.#timeout = timeout;
  }

  /** Checks whether loads were asked for that are not sent yet. */
  get hasWanted(): boolean {
    return this.#wanted.length > 0;
  }

  /** Adds a routine that was asked for by itself. */
  want(binding: number): void {
    this.#wanted.push({ binding, at: elapsed() });
    this.#watchFirst();
  }

  /** Takes the next routine that was asked for by itself. */
  takeWanted(): number | undefined {
    return this.#wanted.shift()?.binding;
  }

  /** Adds what was sent. */
  sent(what: Pick<Untaken, "task" | "binding">): void {
    this.#sent.push({ ...what, at: elapsed() });
    this.#watchFirst();
  }

  /** Called when the worker has taken up the first of what was sent, which is returned. */
  taken(): Untaken | undefined {
    const taken = this.#sent.shift();
    this.#watchFirst();
    return taken;
  }

  /** Returns the tasks that were sent and not taken up. */
  tasks(): number[] {
    return this.#sent.flatMap(({ task }) => task ?? []);
  }

  /** Returns the routines that the worker was asked to load and has not begun to. */
  loads(): number[] {
    return this.#sent.flatMap(({ binding }) => binding ?? []);
  }

  /** Watches the worker no more. */
  stop(): void {
    this.#isStopped = true;
    clearTimer(this.#watch);
  }

  #watchFirst(): void {
    const first = this.#first;
    if (this.#watch !== undefined || first === undefined || this.#isStopped) return;
    const ms = Math.max(first.at + this.#timeout - elapsed(), RECHECK_MS);
    this.#watch = after(ms, () => void this.#check(first));
    unrefTimer(this.#watch);
  }

  async #check(first: Untaken): Promise<void> {
    const answers = this.#first !== first || await this.#worker.answers();
    this.#watch = undefined;
    if (this.#isStopped) return;
    // A handler that has begun may take any time.
    if (answers || this.#first !== first || this.#worker.isExecuting()) return this.#watchFirst();
    this.#worker.overdue();
  }

  /** The next thing that the worker has to take up in time. */
  get #first(): Untaken | undefined {
    return this.#sent[0] ?? this.#wanted[0];
  }
}

/** A task that was sent, or a routine that the worker is to load. */
export interface Untaken {
  readonly task?: number;
  readonly binding?: number;
  /** The time at which it was sent, or asked for, in milliseconds of the monotonic clock. */
  readonly at: number;
}

/** The parts of a worker that are needed to find out whether it is overdue. */
export interface TakingWorker {
  /** Pings the worker, and resolves with `true` if it answers. */
  answers(): Promise<boolean>;
  /** Checks whether the worker executes a task that it has taken up. */
  isExecuting(): boolean;
  /** Called when the worker has taken up nothing in time. */
  overdue(): void;
}

// Many timers over one timer of the platform, in a binary heap. `Deadlines` sets and cancels them.

import { after, clearTimer, MAX_DELAY, type TimerId } from "./timer.ts";

/**
 * The maximum number of timers that fire in one turn of the event loop, so that many due timers do not block
 * it.
 */
const MAX_FIRED = 500;

/** A queue of timers that share a single timer of the platform. */
export class Timers {
  readonly #now: () => number;
  /** A binary heap, with the earliest timer first. */
  #heap: Timer[] = [];
  #set = 0;
  #cancelled = 0;
  /** Due timers that have not fired yet. */
  readonly #firing = new Set<Timer>();
  #wakeUp: TimerId | undefined;
  #wakeAt = Infinity;
  #isHeld = false;

  /** @param now Returns the current time of the clock by which timers are set, in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Sets a timer. A timer at `Infinity` never fires. */
  set(at: number, fire: () => void): Timer {
    const timer: Timer = { at, order: this.#set++, fire };
    if (at === Infinity) return timer;
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    this.#arm();
    return timer;
  }

  /** Cancels a timer, so that it does not fire. */
  cancel(timer: Timer): void {
    if (timer.fire === undefined) return;
    timer.fire = undefined;
    if (timer.at === Infinity || this.#firing.delete(timer)) return;
    // Cancelled timers stay in the heap until they are the majority. If no others are left, the heap is
    // emptied, so that the process can end.
    if (++this.#cancelled === this.#heap.length) this.#empty();
    else if (this.#cancelled * 2 > this.#heap.length && this.#heap.length > 64) this.#sweep();
  }

  /** Cancels all timers. */
  clear(): void {
    this.#firing.clear();
    this.#empty();
  }

  #empty(): void {
    this.#heap = [];
    this.#cancelled = 0;
    this.#arm();
  }

  /** Stops timers from firing until `release`. */
  hold(): void {
    this.#isHeld = true;
    this.#arm();
  }

  /** Lets timers fire again. Timers that became due meanwhile fire at once. */
  release(): void {
    this.#isHeld = false;
    this.#arm();
  }

  /** Fires the timers that are due, without waiting for the timer of the platform. */
  fire(): void {
    if (!this.#isHeld) this.#onWakeUp();
  }

  #onWakeUp(): void {
    clearTimer(this.#wakeUp);
    this.#wakeUp = undefined;
    this.#wakeAt = Infinity;
    const until = this.#now();
    let fired = 0;
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.fire !== undefined && (first.at > until || fired++ === MAX_FIRED)) break;
      this.#removeFirst();
      if (first.fire === undefined) this.#cancelled--;
      else this.#firing.add(first);
    }
    // A timer that is set meanwhile waits for the next turn, even if it is due: timers that each set another
    // one, such as retries without delay, would otherwise block the event loop.
    for (const timer of this.#firing) {
      this.#firing.delete(timer);
      const { fire } = timer;
      timer.fire = undefined;
      fire?.();
    }
    this.#arm();
  }

  /** Sets the timer of the platform to the earliest time. */
  #arm(): void {
    const at = this.#isHeld ? Infinity : this.#heap[0]?.at ?? Infinity;
    if (at >= this.#wakeAt && at !== Infinity) return;
    if (at === this.#wakeAt) return;
    clearTimer(this.#wakeUp);
    this.#wakeAt = at;
    // Rounded up, as timers of the platform count whole milliseconds, and one that fires too early would only
    // be set again. After the maximum delay, the timer is set again.
    this.#wakeUp = at === Infinity ? undefined : after(
      Math.min(MAX_DELAY, Math.max(0, Math.ceil(at - this.#now()))),
      () => this.#onWakeUp(),
    );
  }

  #sweep(): void {
    const alive = this.#heap.filter(({ fire }) => fire !== undefined);
    this.#heap = alive;
    this.#cancelled = 0;
    for (let i = (alive.length >> 1) - 1; i >= 0; i--) this.#sink(i);
    this.#arm();
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(index: number): void {
    const heap = this.#heap;
    const timer = heap[index] as Timer;
    let i = index;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Timer;
      if (!isEarlier(timer, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = timer;
  }

  #sink(index: number): void {
    const heap = this.#heap;
    const timer = heap[index] as Timer;
    let i = index;
    for (let child = 2 * i + 1; child < heap.length; child = 2 * i + 1) {
      const right = heap[child + 1];
      if (right !== undefined && isEarlier(right, heap[child] as Timer)) child++;
      const below = heap[child] as Timer;
      if (isEarlier(timer, below)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = timer;
  }
}

/** A callback with the time at which it is called. */
export interface Timer {
  readonly at: number;
  /** The number of the timer. Timers with the same time fire in the order in which they were set. */
  readonly order: number;
  /** The callback; `undefined` once it has been called, or the timer was cancelled. */
  fire: (() => void) | undefined;
}

function isEarlier(a: Timer, b: Timer): boolean {
  return a.at < b.at || a.at === b.at && a.order < b.order;
}

import { after, clearTimer, MAX_DELAY, type Timer } from "./timer.ts";

/** Something that is to happen at a time. */
export interface Alarm {
  readonly at: number;
  /** Its place in the order in which alarms were set: those of one time ring in that order. */
  readonly order: number;
  /** The callback; `undefined` once it has been called, or was called off. */
  ring: (() => void) | undefined;
}

/** No more alarms ring in one turn of the loop, so that many that are due at once do not block it. */
const MAX_RUNG = 500;

/** Rings alarms at their times, by one timer for all. */
export class Alarms {
  readonly #now: () => number;
  /** A binary heap: the first is the earliest. */
  #heap: Alarm[] = [];
  #set = 0;
  #calledOff = 0;
  /** Due alarms that have not rung yet. */
  readonly #ringing = new Set<Alarm>();
  #timer: Timer | undefined;
  #timerAt = Infinity;
  #isHeld = false;

  /** @param now Tells the time that alarms are set by, in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Sets an alarm; one at `Infinity` never rings. */
  set(at: number, ring: () => void): Alarm {
    const alarm: Alarm = { at, order: this.#set++, ring };
    if (at === Infinity) return alarm;
    this.#heap.push(alarm);
    this.#rise(this.#heap.length - 1);
    this.#wind();
    return alarm;
  }

  /** Calls an alarm off. */
  callOff(alarm: Alarm): void {
    if (alarm.ring === undefined) return;
    alarm.ring = undefined;
    if (alarm.at === Infinity || this.#ringing.delete(alarm)) return;
    // The dead are carried along until they are the most; alone they do not keep the process up.
    if (++this.#calledOff === this.#heap.length) this.#empty();
    else if (this.#calledOff * 2 > this.#heap.length && this.#heap.length > 64) this.#sweep();
  }

  /** Calls all alarms off. */
  clear(): void {
    this.#ringing.clear();
    this.#empty();
  }

  #empty(): void {
    this.#heap = [];
    this.#calledOff = 0;
    this.#wind();
  }

  /** Rings none from now on, until `release`. */
  hold(): void {
    this.#isHeld = true;
    this.#wind();
  }

  /** Rings alarms again, at once those whose times have come meanwhile. */
  release(): void {
    this.#isHeld = false;
    this.#wind();
  }

  /** Rings the alarms whose times have come, without waiting for the timer. */
  ring(): void {
    if (!this.#isHeld) this.#onTimer();
  }

  #onTimer(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
    const until = this.#now();
    let rung = 0;
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.ring !== undefined && (first.at > until || rung++ === MAX_RUNG)) break;
      this.#removeFirst();
      if (first.ring === undefined) this.#calledOff--;
      else this.#ringing.add(first);
    }
    // One that is set meanwhile waits for the next timer, though it may be due: where each sets another,
    // as retries without a delay do, the event loop would have no turn any more.
    for (const alarm of this.#ringing) {
      this.#ringing.delete(alarm);
      const { ring } = alarm;
      alarm.ring = undefined;
      ring?.();
    }
    this.#wind();
  }

  /** Keeps the timer at the earliest alarm. */
  #wind(): void {
    const at = this.#isHeld ? Infinity : this.#heap[0]?.at ?? Infinity;
    if (at >= this.#timerAt && at !== Infinity) return;
    if (at === this.#timerAt) return;
    clearTimer(this.#timer);
    this.#timerAt = at;
    // Timers count whole milliseconds, and one that comes too early would only be set again; what is
    // further ahead than a timer reaches is looked at again then.
    this.#timer = at === Infinity
      ? undefined
      : after(Math.min(MAX_DELAY, Math.max(0, Math.ceil(at - this.#now()))), () => this.#onTimer());
  }

  #sweep(): void {
    const alive = this.#heap.filter(({ ring }) => ring !== undefined);
    this.#heap = alive;
    this.#calledOff = 0;
    for (let i = (alive.length >> 1) - 1; i >= 0; i--) this.#sink(i);
    this.#wind();
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(index: number): void {
    const heap = this.#heap;
    const alarm = heap[index] as Alarm;
    let i = index;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Alarm;
      if (!isEarlier(alarm, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = alarm;
  }

  #sink(index: number): void {
    const heap = this.#heap;
    const alarm = heap[index] as Alarm;
    let i = index;
    for (let child = 2 * i + 1; child < heap.length; child = 2 * i + 1) {
      const right = heap[child + 1];
      if (right !== undefined && isEarlier(right, heap[child] as Alarm)) child++;
      const below = heap[child] as Alarm;
      if (isEarlier(alarm, below)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = alarm;
  }
}

function isEarlier(a: Alarm, b: Alarm): boolean {
  return a.at < b.at || a.at === b.at && a.order < b.order;
}

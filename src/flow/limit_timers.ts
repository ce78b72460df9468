import { now } from "../data/clock.ts";
import { after, clearTimer, MAX_DELAY, type TimerId, unrefTimer } from "../data/timer.ts";
import { Timers } from "../data/timers.ts";
import type { Gate } from "../engine/gate.ts";
import type { LimitClock } from "../engine/limit_clock.ts";
import type { Backpressure } from "./backpressure.ts";

/** The clock and the timers of the limits of a flow's routines. */
export class LimitTimers implements LimitClock {
  readonly #host: LimitTimersHost;
  readonly #timers = new Timers(now);
  #sweep: TimerId | undefined;
  #isClosed = false;

  /** @param host The runner of the flow. */
  constructor(host: LimitTimersHost) {
    this.#host = host;
  }

  parked(gate: Gate): void {
    this.#host.backpressure.parked(gate);
  }

  now(): number {
    return now();
  }

  wakeAt(at: number, fire: () => void): void {
    if (this.#isClosed) return;
    this.#timers.set(at, () => {
      fire();
      this.#host.wake();
    });
  }

  sweepAt(at: number, fire: () => void): void {
    if (this.#isClosed) return;
    clearTimer(this.#sweep);
    this.#sweep = after(Math.min(MAX_DELAY, Math.max(0, Math.ceil(at - now()))), fire);
    unrefTimer(this.#sweep);
  }

  /** Clears the timers, and sets no further ones. */
  close(): void {
    this.#isClosed = true;
    this.#timers.clear();
    clearTimer(this.#sweep);
  }
}

/** The part of a flow's runner that `LimitTimers` use. */
export interface LimitTimersHost {
  /** The bounds of the queues. */
  readonly backpressure: Pick<Backpressure, "parked">;
  /** Makes the pool check the flow for activations again. */
  wake(): void;
}

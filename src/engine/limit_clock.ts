import type { Gate } from "./gate.ts";

/** The clock and the timers of limits. */
export interface LimitClock {
  /** Called with the gate of activations that were parked. */
  parked(gate: Gate): void;
  /** Returns the current time, in milliseconds, by a clock that does not step. */
  now(): number;
  /** Calls a function at a time. */
  wakeAt(at: number, fire: () => void): void;
  /** Calls a function at a time, unless the program has ended by then. */
  sweepAt(at: number, fire: () => void): void;
}

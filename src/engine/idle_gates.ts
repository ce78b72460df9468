import { OrderedQueue } from "../data/ordered_queue.ts";
import type { Gate } from "./gate.ts";
import type { LimitClock } from "./routine_limits.ts";

/** The gates of keys that count nothing but starts, until these are spent. */
export class IdleGates<Owner> {
  readonly #clock: LimitClock;
  readonly #remove: (gate: Gate<Owner>) => void;
  /** The gates by the times at which their starts were to be spent when they were added. */
  readonly #queue = new OrderedQueue<Gate<Owner>>(({ window }) => window?.spentAt ?? 0);
  /** The time of the timer. */
  #sweepsAt = Infinity;

  /**
   * @param clock The clock of the rates.
   * @param remove Called with a gate that counts nothing.
   */
  constructor(clock: LimitClock, remove: (gate: Gate<Owner>) => void) {
    this.#clock = clock;
    this.#remove = remove;
  }

  /** Removes the gate of a key, unless activations use it, at once or when its starts are spent. */
  release(gate: Gate<Owner>): void {
    if (!gate.limit.isKeyed || !gate.isUnused || gate.isIdle) return;
    const spentAt = gate.window?.spentAt;
    if (spentAt === undefined || spentAt <= this.#clock.now()) return this.#remove(gate);
    gate.isIdle = true;
    this.#queue.push(gate);
    this.#sweepLater();
  }

  #sweepLater(): void {
    const at = this.#queue.first;
    if (at === undefined || at >= this.#sweepsAt) return;
    this.#sweepsAt = at;
    this.#clock.sweepAt(at, () => this.#sweep());
  }

  /** Removes the gates that count nothing any more. A gate that was used meanwhile gets another time. */
  #sweep(): void {
    // No timer is set meanwhile.
    this.#sweepsAt = -Infinity;
    const now = this.#clock.now();
    for (let at = this.#queue.first; at !== undefined && at <= now; at = this.#queue.first) {
      const gate = this.#queue.shift() as Gate<Owner>;
      gate.isIdle = false;
      this.release(gate);
    }
    this.#sweepsAt = Infinity;
    this.#sweepLater();
  }
}

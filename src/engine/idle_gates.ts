// The rest of the keys of limits that no activation uses: their starts, which count to a rate. `RoutineLimits` releases
// gates here, and takes single starts back when their keys are used again.

import { OrderedQueue } from "../data/ordered_queue.ts";
import type { Gate } from "./gate.ts";
import type { LimitClock } from "./limit_clock.ts";

/** The gates of keys that count nothing but starts, until these are spent. */
export class IdleGates<Owner> {
  readonly #clock: LimitClock;
  readonly #remove: (gate: Gate<Owner>) => boolean;
  /** The keys with a single start, which need no gate, by routine. Most keys of many are of this kind. */
  readonly #singles = new Map<string, SingleStarts>();
  /** The gates by the times at which their starts were to be spent when they were added. */
  readonly #queue = new OrderedQueue<Gate<Owner>>(({ window }) => window?.spentAt ?? 0);
  /** The time of the timer. */
  #sweepsAt = Infinity;

  /**
   * @param clock The clock of the rates.
   * @param remove Removes a gate; returns `false` if its key has another one by now.
   */
  constructor(clock: LimitClock, remove: (gate: Gate<Owner>) => boolean) {
    this.#clock = clock;
    this.#remove = remove;
  }

  /** Removes the gate of a key, unless activations use it, at once or when its starts are spent. */
  release(gate: Gate<Owner>): void {
    if (!gate.limit.isKeyed || !gate.isUnused || gate.isIdle) return;
    const spentAt = gate.window?.spentAt;
    if (spentAt === undefined || spentAt <= this.#clock.now()) return void this.#remove(gate);
    const start = gate.window?.onlyStart;
    if (start !== undefined) {
      if (this.#remove(gate)) this.#startsOf(gate).set(gate.key, start);
      return this.#sweepAt(spentAt);
    }
    gate.isIdle = true;
    this.#queue.push(gate);
    this.#sweepAt(spentAt);
  }

  /** Removes the single start of a key without a gate, and returns its time; `undefined` if there is none. */
  takeStart(routineId: string, key: string): number | undefined {
    const starts = this.#singles.get(routineId)?.starts;
    const start = starts?.get(key);
    if (start !== undefined) starts?.delete(key);
    return start;
  }

  /** Returns the number of keys of a routine that have a single start, and no gate. */
  singleStarts(routineId: string): number {
    return this.#singles.get(routineId)?.starts.size ?? 0;
  }

  #startsOf({ routineId, limit: { rate } }: Gate<Owner>): Map<string, number> {
    const { starts } = this.#singles.getOrInsertComputed(
      routineId,
      () => ({ per: rate?.per ?? 0, starts: new Map<string, number>() }),
    );
    return starts;
  }

  /** The next time at which something may be spent. Single starts are about in their order, and removed in it. */
  get #first(): number | undefined {
    let first = this.#queue.first;
    for (const { per, starts } of this.#singles.values()) {
      const [start] = starts.values();
      if (start !== undefined) first = Math.min(first ?? Infinity, start + per);
    }
    return first;
  }

  /** Sets the timer to a time, unless it is set to an earlier one. */
  #sweepAt(at: number | undefined): void {
    if (at === undefined || at >= this.#sweepsAt) return;
    this.#sweepsAt = at;
    this.#clock.sweepAt(at, () => this.#sweep());
  }

  /** Removes the gates that count nothing any more. A gate that was used meanwhile gets another time. */
  #sweep(): void {
    // No timer is set meanwhile.
    this.#sweepsAt = -Infinity;
    const now = this.#clock.now();
    for (const { per, starts } of this.#singles.values()) {
      for (const [key, start] of starts) {
        if (start + per > now) break;
        starts.delete(key);
      }
    }
    for (let at = this.#queue.first; at !== undefined && at <= now; at = this.#queue.first) {
      const gate = this.#queue.shift() as Gate<Owner>;
      gate.isIdle = false;
      this.release(gate);
    }
    this.#sweepsAt = Infinity;
    this.#sweepAt(this.#first);
  }
}

/** The single starts of the keys of a routine. */
interface SingleStarts {
  /** The period of the routine's rate. */
  readonly per: number;
  readonly starts: Map<string, number>;
}

import { type Counts, namedCounts, noCounts } from "./counts.ts";
import { Durations } from "./durations.ts";
import type { ConnectionSnapshot, RoutineSnapshot } from "./run_snapshot.ts";

/** The numbers of one routine, and of the connections that begin at it. */
export class RoutineTally {
  readonly routineId: string;
  /** Its place among the routines of the run, from 0. */
  readonly index: number;
  /** The numbers of its activations. */
  readonly counts: Counts = noCounts();
  /** The durations of its executions. */
  readonly durations = new Durations();
  /** The number of open feeds that deliver to it. */
  feeds = 0;
  /** The time at which its first execution began, in epoch milliseconds. */
  firstAt: number | undefined;
  readonly #delivered: { -readonly [Key in keyof ConnectionSnapshot]: ConnectionSnapshot[Key] }[] =
    [];

  constructor(routineId: string, index: number) {
    this.routineId = routineId;
    this.index = index;
  }

  /** Adds a connection of the graph. */
  connect(event: string, to: string, slot: string): void {
    this.#delivered.push({ from: this.routineId, event, to, slot, delivered: 0 });
  }

  /** Counts a payload that a connection has delivered. */
  delivered(event: string, to: string, slot: string): void {
    for (const one of this.#delivered) {
      if (one.event !== event || one.to !== to || one.slot !== slot) continue;
      one.delivered++;
      return;
    }
    this.#delivered.push({ from: this.routineId, event, to, slot, delivered: 1 });
  }

  /** Returns the connections that begin at it. */
  connections(): ConnectionSnapshot[] {
    return this.#delivered.map((one) => ({ ...one }));
  }

  /**
   * Returns its numbers.
   *
   * @param eta The estimated time until its activations have ended, in milliseconds.
   */
  snapshot(eta: number | undefined): RoutineSnapshot {
    const { durations } = this;
    return {
      routineId: this.routineId,
      ...namedCounts(this.counts),
      executions: durations.count,
      p50: durations.quantile(0.5),
      p95: durations.quantile(0.95),
      max: durations.max,
      busy: durations.sum,
      eta,
    };
  }
}

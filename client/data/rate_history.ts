import type { RunSnapshot } from "../../src/run/run_snapshot.ts";

/** The number of points that are stored: five minutes at four snapshots a second. */
const MAX_POINTS = 1_200;

/** The rates of a flow over the last minutes, as columns for a chart. */
export class RateHistory {
  /** Times in epoch seconds. */
  readonly times: number[] = [];
  /** Activations per second. */
  readonly rates: number[] = [];
  /** Activations that wait for a worker. */
  readonly queued: number[] = [];

  add({ at, rate, totals }: RunSnapshot): void {
    const last = this.times.at(-1);
    // A clock may be set back; a chart needs times that grow.
    if (last !== undefined && at / 1_000 <= last) return;
    this.times.push(at / 1_000);
    this.rates.push(rate);
    this.queued.push(totals.queued);
    if (this.times.length <= MAX_POINTS) return;
    for (const column of [this.times, this.rates, this.queued]) column.shift();
  }
}

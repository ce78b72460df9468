import type { Session } from "../contenders/contender.ts";

// Each worker has a cell in its own cache line, so that counting costs almost nothing.
const STRIDE = 16, EXPECTED = 0, ATTACHED = 1, CALLS = 0, SUM = 1;
const HOLD_MS = 50;

let cells: Int32Array | undefined;
let lane = 0;

/** Called in a worker: makes it count in these cells from now on. */
export function attach(shared: Int32Array): void {
  if (cells === undefined) {
    cells = shared;
    lane = STRIDE * (1 + Atomics.add(shared, ATTACHED, 1));
  }
  // Blocks this worker, so that the next call of this task goes to another one.
  const until = performance.now() + HOLD_MS;
  while (Atomics.load(shared, ATTACHED) < Atomics.load(shared, EXPECTED)) {
    if (performance.now() > until) return;
  }
}

/** Called in a worker: counts a call. */
export function count(n: number): void {
  if (cells === undefined) return;
  cells[lane + CALLS] = (cells[lane + CALLS] ?? 0) + 1;
  cells[lane + SUM] = (cells[lane + SUM] ?? 0) + n;
}

/**
 * Memory in which the workers of a session count their no-ops, which proves that each of them ran
 * in a worker with its own payload. Workers that were not attached do not count, so a pool that
 * replaces its workers during a measurement is detected.
 */
export class Counters {
  readonly #cells: Int32Array;
  readonly #workers: number;

  constructor(workers: number) {
    this.#workers = workers;
    this.#cells = new Int32Array(
      new SharedArrayBuffer(STRIDE * (workers + 1) * Int32Array.BYTES_PER_ELEMENT),
    );
    this.#cells[EXPECTED] = workers;
  }

  /** Attaches every worker of a session. */
  async attach(session: Session): Promise<void> {
    for (let attempt = 0; Atomics.load(this.#cells, ATTACHED) < this.#workers; attempt++) {
      if (attempt === 20) throw new Error("not every worker was given a task");
      const calls = Array.from(
        { length: this.#workers },
        () => session.run("attach", this.#cells),
      );
      await Promise.all(calls);
    }
  }

  /** Throws unless the no-ops 0, 1, 2... below `calls` were run since the last check. */
  check(calls: number): void {
    let counted = 0, sum = 0;
    for (let lane = STRIDE; lane < this.#cells.length; lane += STRIDE) {
      counted += this.#cells[lane + CALLS] ?? 0;
      sum += this.#cells[lane + SUM] ?? 0;
      this.#cells.fill(0, lane, lane + STRIDE);
    }
    if (counted !== calls || sum !== calls * (calls - 1) / 2) {
      throw new Error(`${counted} of ${calls} no-ops were run, with a sum of ${sum}`);
    }
  }
}

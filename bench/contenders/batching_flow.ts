import type { FlowContender, FlowSession } from "./contender.ts";
import { leastLoaded } from "./least_loaded.ts";

/** The maximum numbers of activations on their way to a worker, and in one message. */
const IN_FLIGHT = 256, BATCH = 128;

const STAGES = 5;

/**
 * The upper limit for flows: batches in both directions, and the full history of each activation in
 * columns. It has none of the safety features of a flow: no limits, no errors, no policies, no store,
 * and jobs do not take turns.
 */
class BatchingFlow implements FlowSession {
  readonly #lanes;
  #history = new History(0);
  /** The rows that wait for a worker: an activation has a row, and five rows are a job. */
  #queue: number[] = [];
  #head = 0;
  #left = 0;
  #done = () => {};

  constructor(workers: number) {
    const url = new URL("../tasks/batching_flow_worker.ts", import.meta.url);
    this.#lanes = Array.from({ length: workers }, (_, index) => {
      const worker = new Worker(url, { type: "module" });
      const lane = { worker, index, inFlight: 0, sent: [] as number[][] };
      worker.onmessage = ({ data: [values, times] }: MessageEvent<[unknown[], Float64Array]>) => {
        const rows = lane.sent.shift() as number[];
        lane.inFlight -= rows.length;
        for (let i = 0; i < rows.length; i++) {
          this.#ended(rows[i]!, lane.index, values[i], times[2 * i]!, times[2 * i + 1]!);
        }
        if (this.#left === 0) this.#done();
        else this.#send();
      };
      return lane;
    });
  }

  renew(): Promise<void> {
    this.#history = new History(0);
    return Promise.resolve();
  }

  async runJobs(count: number): Promise<() => readonly unknown[]> {
    const history = this.#history = new History(count * STAGES);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#left = count;
    this.#done = resolve;
    for (let job = 0; job < count; job++) this.#enqueue(job * STAGES, job);
    this.#send();
    await promise;
    return () => {
      history.check();
      return history.results(count);
    };
  }

  close(): Promise<void> {
    for (const { worker } of this.#lanes) worker.terminate();
    return Promise.resolve();
  }

  #enqueue(row: number, payload: unknown): void {
    this.#history.payloads[row] = payload;
    this.#history.queuedAt[row] = performance.now();
    this.#queue.push(row);
  }

  #ended(row: number, worker: number, output: unknown, startedAt: number, endedAt: number): void {
    const { workers, started, ended } = this.#history;
    workers[row] = worker;
    started[row] = startedAt;
    ended[row] = endedAt;
    if (row % STAGES < STAGES - 1) return this.#enqueue(row + 1, output);
    this.#history.outputs[Math.floor(row / STAGES)] = output;
    this.#left--;
  }

  #send(): void {
    for (;;) {
      const waiting = this.#queue.length - this.#head;
      const lane = leastLoaded(this.#lanes);
      const share = Math.ceil(waiting / this.#lanes.length);
      const size = Math.min(share, BATCH, IN_FLIGHT - lane.inFlight);
      if (size === 0) break;
      const rows = this.#queue.slice(this.#head, this.#head += size);
      lane.inFlight += size;
      lane.sent.push(rows);
      lane.worker.postMessage(rows.map((row) => this.#history.payloads[row]));
    }
    if (this.#head < this.#queue.length) return;
    this.#queue = [];
    this.#head = 0;
  }
}

/** The history of the activations of a run, in columns. */
class History {
  readonly queuedAt: Float64Array;
  readonly started: Float64Array;
  readonly ended: Float64Array;
  readonly workers: Uint8Array;
  readonly payloads: unknown[] = [];
  readonly outputs: unknown[] = [];

  constructor(rows: number) {
    this.queuedAt = new Float64Array(rows);
    this.started = new Float64Array(rows);
    this.ended = new Float64Array(rows);
    this.workers = new Uint8Array(rows);
  }

  /** Returns the results of the jobs. */
  results(jobs: number): readonly unknown[] {
    return this.outputs.slice(0, jobs);
  }

  /** Checks that each activation has been queued, started and ended. */
  check(): void {
    for (const times of [this.queuedAt, this.started, this.ended]) {
      if (times.includes(0)) throw new Error("an activation has no history");
    }
  }
}

export const contender: FlowContender = {
  start: (maxWorkers) => Promise.resolve(new BatchingFlow(maxWorkers)),
};

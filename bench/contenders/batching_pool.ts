import type { Output, TaskName } from "../tasks/tasks.ts";
import type { Contender } from "./contender.ts";
import { leastLoaded } from "./least_loaded.ts";

/**
 * The maximum numbers of tasks on their way to a worker, and in one message: two messages keep it
 * busy.
 */
const IN_FLIGHT = 256, BATCH = 128;

interface Waiting {
  readonly task: TaskName;
  readonly input: unknown;
  readonly transfer: ArrayBuffer[] | undefined;
  readonly resolve: (output: unknown) => void;
}

/**
 * The upper limit: a promise per task, batches in both directions, and none of the safety features
 * of a pool. A long task blocks the tasks behind it, errors are not reported, and results are
 * matched by their order.
 */
class BatchingPool {
  readonly #lanes;
  #queue: Waiting[] = [];
  #head = 0;
  #isWaking = false;

  constructor(workers: number) {
    const url = new URL("../tasks/batching_worker.ts", import.meta.url);
    this.#lanes = Array.from({ length: workers }, () => {
      const worker = new Worker(url, { type: "module" });
      const lane = { worker, inFlight: 0, sent: [] as Waiting[][] };
      worker.onmessage = ({ data }: MessageEvent<unknown[]>) => {
        const batch = lane.sent.shift() as Waiting[];
        lane.inFlight -= batch.length;
        for (let i = 0; i < batch.length; i++) batch[i]?.resolve(data[i]);
        this.#send();
      };
      return lane;
    });
  }

  run<Name extends TaskName>(task: Name, input: unknown, transfer?: ArrayBuffer[]) {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#queue.push({ task, input, transfer, resolve });
    if (!this.#isWaking) {
      this.#isWaking = true;
      queueMicrotask(() => this.#send());
    }
    return promise as Promise<Output<Name>>;
  }

  #send(): void {
    this.#isWaking = false;
    for (;;) {
      const waiting = this.#queue.length - this.#head;
      const lane = leastLoaded(this.#lanes);
      const share = Math.ceil(waiting / this.#lanes.length);
      const size = Math.min(share, BATCH, IN_FLIGHT - lane.inFlight);
      if (size === 0) break;
      const batch = this.#queue.slice(this.#head, this.#head += size);
      const message: unknown[] = [];
      const transfers: ArrayBuffer[] = [];
      for (const { task, input, transfer } of batch) {
        message.push(task, input);
        if (transfer !== undefined) transfers.push(...transfer);
      }
      lane.inFlight += size;
      lane.sent.push(batch);
      lane.worker.postMessage(message, transfers);
    }
    if (this.#head < this.#queue.length) return;
    this.#queue = [];
    this.#head = 0;
  }

  close(): Promise<void> {
    for (const { worker } of this.#lanes) worker.terminate();
    return Promise.resolve();
  }
}

export const contender: Contender = {
  start: ({ maxWorkers }) => Promise.resolve(new BatchingPool(maxWorkers)),
};

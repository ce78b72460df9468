// The thread of one worker: starts it, receives its messages, and detects its end. Used by `PoolWorker` as a
// `WorkerHandle`.

import { microtask } from "../data/microtask.ts";
import { hasThreadEnded, prepareLocks, threadEnd } from "../data/thread_lock.ts";
import { after, clearTimer, prepareTimers, type TimerId, unrefTimer } from "../data/timer.ts";
import type { HostMessage, WorkerMessage } from "../wire/messages.ts";
import { unrefWorker } from "./unref_worker.ts";
import type { HandleEvents, WorkerHandle } from "./worker_handle.ts";

/** The time after which a terminated thread that still runs is assumed never to yield, in milliseconds. */
const STUCK_MS = 1_000;
/** The interval of the checks of such a thread, in milliseconds. */
const LOOK_MS = 250;

/** The thread of a worker, from its start to its end, which may come after `terminate`. */
export class WorkerThread implements WorkerHandle {
  readonly #name: string;
  readonly #events: HandleEvents;
  readonly #worker: Worker;
  readonly #watch = new AbortController();
  #patience: TimerId | undefined;
  #isReady = false;
  #isTerminated = false;

  constructor(workerId: string, events: HandleEvents) {
    this.#name = `millrace/${crypto.randomUUID()}/${workerId}`;
    this.#events = events;
    this.#worker = new Worker(ENTRY, { type: "module", name: this.#name });
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
      if (this.#isTerminated) return;
      if (!this.#isReady) this.#onReady();
      events.message(data);
    };
    this.#worker.onmessageerror = () => events.unreadable();
    this.#worker.onerror = (event) => {
      event.preventDefault();
      events.broken(event.message, `it needs to read ${ENTRY} and the modules of its routines`);
    };
    microtask(prepare);
  }

  /** Sends a message. */
  post(message: HostMessage, transfer?: readonly Transferable[]): void {
    // `postMessage` is faster without a list.
    if (transfer === undefined) this.#worker.postMessage(message);
    else this.#worker.postMessage(message, transfer as Transferable[]);
  }

  /**
   * Terminates the thread, which ends when it yields. A thread that never yields does not keep the program
   * alive.
   */
  terminate(): void {
    if (this.#isTerminated) return;
    this.#isTerminated = true;
    this.#worker.terminate();
    // The end of a thread is detected by its lock, which it takes when it is ready. Before that, it has
    // loaded no module that could block it, so it is assumed to end.
    if (this.#isReady) this.#patience = after(STUCK_MS, () => this.#watch.abort());
    else microtask(() => this.#events.gone());
  }

  #onReady(): void {
    this.#isReady = true;
    void this.#awaitEnd();
  }

  async #awaitEnd(): Promise<void> {
    if (await threadEnd(this.#name, this.#watch.signal)) {
      clearTimer(this.#patience);
      // Messages that the thread sent before it ended may still be on their way.
      await new Promise<void>((resolve) => after(0, resolve));
      return this.#events.gone();
    }
    unrefWorker(this.#worker);
    this.#events.stuck();
    this.#look();
  }

  #look(): void {
    const timer = after(LOOK_MS, async () => {
      if (await hasThreadEnded(this.#name)) this.#events.gone();
      else this.#look();
    });
    unrefTimer(timer);
  }
}

/** Loads parts of the platform that this thread is about to need, while the worker starts. */
function prepare(): void {
  prepareTimers();
  prepareLocks();
}

/** The entry module of every worker. */
export const ENTRY: URL = new URL("../../workers/worker.ts", import.meta.url);

/**
 * Never called. `deno compile` embeds modules that are imported by a literal, but not those named by a URL
 * alone. Without this import, no worker of an executable would start.
 */
export function embedEntry(): Promise<unknown> {
  return import("../../workers/worker.ts");
}

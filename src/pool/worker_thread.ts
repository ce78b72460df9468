import { microtask } from "../data/microtask.ts";
import { hasThreadEnded, threadEnd } from "../data/thread_lock.ts";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import type { HostMessage, WorkerMessage } from "../wire/messages.ts";
import { unrefWorker } from "./unref_worker.ts";

/** The module that every worker starts with. */
export const ENTRY: URL = new URL("../../workers/worker.ts", import.meta.url);

/**
 * Never called: `deno compile` embeds what an import of a literal reaches, and does not see a module
 * that only a URL names, so that no worker of an executable would start.
 */
export function embedEntry(): Promise<unknown> {
  return import("../../workers/worker.ts");
}

/**
 * Milliseconds after which a terminated thread that still runs is taken as one that never yields.
 */
const STUCK_MS = 1_000;
/** Milliseconds between two looks at such a thread. */
const LOOK_MS = 250;

/** The events of a thread. */
export interface ThreadEvents {
  /** It sent a message. */
  message(message: WorkerMessage): void;
  /** It cannot go on. */
  broken(why: string): void;
  /** It sent a message that cannot be read. */
  unreadable(): void;
  /** It was terminated and runs on, as it never yields. */
  stuck(): void;
  /** It has ended. */
  gone(): void;
}

/** The thread of a worker, from its start to its end, which can be later than `terminate`. */
export class WorkerThread {
  readonly #name: string;
  readonly #events: ThreadEvents;
  readonly #worker: Worker;
  readonly #watch = new AbortController();
  #patience: TimerId | undefined;
  #isReady = false;
  #isTerminated = false;

  constructor(workerId: string, events: ThreadEvents) {
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
      events.broken(event.message);
    };
  }

  /** Sends a message. */
  post(message: HostMessage, transfer?: readonly Transferable[]): void {
    // Without a list the message takes a shorter way.
    if (transfer === undefined) this.#worker.postMessage(message);
    else this.#worker.postMessage(message, transfer as Transferable[]);
  }

  /** Ends the thread, if it ever yields; otherwise lets the program end without it. */
  terminate(): void {
    if (this.#isTerminated) return;
    this.#isTerminated = true;
    this.#worker.terminate();
    // Without its lock it cannot be seen to end; it has not loaded anything that could hold it up.
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
      // What it sent before it ended may still be on its way here.
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

import { now } from "../data/clock.ts";
import { reviveError, type SerializedError, serializeError } from "../data/serialized_error.ts";
import { isPacked, transferOf } from "../pool/packed_effects.ts";
import type { Entry, Request, WorkerMessage } from "../pool/protocol.ts";
import type { Port } from "./own_port.ts";

/** Results are kept back no longer than this, in milliseconds. */
const MAX_KEPT_MS = 0.2;

/** A worker's way to its host: results out, questions out and answers in. */
export class HostLink {
  readonly #port: Port;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #entries: Entry[] = [];
  #transfer: Transferable[] | undefined;
  #hasResults = false;
  #flushedAt = 0;
  #asks = 0;

  constructor(port: Port) {
    this.#port = port;
  }

  /** Whether there are results to send. */
  get hasResults(): boolean {
    return this.#hasResults;
  }

  /** Sends a message at once, behind the results that came before it. */
  post(message: WorkerMessage, transfer?: readonly Transferable[]): void {
    this.flush();
    this.#postMessage(message, transfer);
  }

  /** Asks the host on behalf of a task. */
  ask(task: number, request: Request, transfer?: readonly Transferable[]): Promise<unknown> {
    const asked = Promise.withResolvers<unknown>();
    const ask = ++this.#asks;
    this.post({ type: "ask", ask, task, request }, transfer);
    this.#asked.set(ask, asked);
    return asked.promise;
  }

  /** Takes the host's answer to an earlier question. */
  answer(ask: number, value: unknown, error: SerializedError | undefined): void {
    const asked = this.#asked.get(ask);
    this.#asked.delete(ask);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(reviveError(error));
  }

  /** Whether an answer is waited for. */
  get isAsking(): boolean {
    return this.#asked.size > 0;
  }

  /** Settles all that was asked, as no answer is to be waited for. */
  giveUp(reason: unknown): void {
    for (const { reject } of this.#asked.values()) reject(reason);
    this.#asked.clear();
  }

  /** From now on results are kept back for a while. */
  keepFrom(at: number): void {
    this.#flushedAt = at;
  }

  /** Keeps the entry of a task that is about to end. */
  keep(entry: Entry): void {
    this.#entries.push(entry);
    const transfer = isPacked(entry) ? transferOf(entry) : undefined;
    if (transfer !== undefined) (this.#transfer ??= []).push(...transfer);
  }

  /**
   * Tells that a task has ended.
   *
   * @param endedAt When it ended.
   * @returns When the next can start.
   */
  ended(endedAt: number): number {
    this.#hasResults = true;
    if (endedAt - this.#flushedAt < MAX_KEPT_MS) return endedAt;
    this.flush();
    return this.#flushedAt = now();
  }

  /** Sends what there is to tell of tasks that have ended. */
  flush(): void {
    if (!this.#hasResults) return;
    this.#hasResults = false;
    const entries = this.#entries;
    if (entries.length === 0) return this.#port.postMessage(0);
    const transfer = this.#transfer;
    this.#entries = [];
    this.#transfer = undefined;
    try {
      this.#postMessage(entries, transfer);
    } catch {
      for (const entry of entries) this.#sendAlone(entry);
    }
  }

  #sendAlone(entry: Entry): void {
    try {
      this.#postMessage([entry], isPacked(entry) ? transferOf(entry) : undefined);
    } catch (error) {
      this.#port.postMessage([serializeError(error)]);
    }
  }

  #postMessage(message: WorkerMessage, transfer: readonly Transferable[] | undefined): void {
    // Without a list the message takes a shorter way.
    if (transfer === undefined) this.#port.postMessage(message);
    else this.#port.postMessage(message, transfer);
  }
}

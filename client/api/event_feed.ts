// A stream of server-sent events that reconnects by itself. It reads the stream by `fetch`, as an `EventSource`
// cannot send the token in a header. The views of a flow and of a job use it.

import { request, RequestError } from "./api_client.ts";
import { SseParser } from "./sse_parser.ts";

/** The state of the connection. */
export type FeedState = "connecting" | "live" | "lost" | "refused" | "ended";

/** The functions that receive events and states. */
export interface FeedReceiver {
  readonly onEvent: (type: string, data: string) => void;
  readonly onState: (state: FeedState) => void;
  /** The type of event that ends the stream for good. */
  readonly endsWith?: string;
}

const FIRST_DELAY = 400;
const MAX_DELAY = 4_000;

/** Follows a stream until it is closed. It asks to go on after the last event that it has received. */
export class EventFeed {
  readonly #path: string;
  readonly #receiver: FeedReceiver;
  readonly #abort = new AbortController();
  #lastId = "";
  #delay = FIRST_DELAY;
  #wake = () => {};

  constructor(path: string, receiver: FeedReceiver) {
    this.#path = path;
    this.#receiver = receiver;
    void this.#run();
  }

  /** Ends the stream; nothing is received after that. */
  close(): void {
    this.#abort.abort();
    this.#wake();
  }

  /** Connects at once if it waits to do so. */
  retry(): void {
    this.#wake();
  }

  async #run(): Promise<void> {
    this.#state("connecting");
    while (!this.#abort.signal.aborted) {
      try {
        if (await this.#follow()) return this.#state("ended");
      } catch (error) {
        if (error instanceof RequestError && (error.status === 401 || error.status === 403)) {
          return this.#state("refused");
        }
        if (error instanceof RequestError && error.status === 404) return this.#state("ended");
      }
      if (this.#abort.signal.aborted) return;
      this.#state("lost");
      await this.#pause();
    }
  }

  /** Reads one connection to its end; `true` if the stream has ended for good. */
  async #follow(): Promise<boolean> {
    const headers = new Headers({ accept: "text/event-stream" });
    if (this.#lastId !== "") headers.set("last-event-id", this.#lastId);
    const response = await request(this.#path, { headers, signal: this.#abort.signal });
    const reader = response.body?.getReader();
    if (reader === undefined) return false;
    this.#state("live");
    this.#delay = FIRST_DELAY;
    const parser = new SseParser();
    const decoder = new TextDecoder();
    while (true) {
      const { value, done } = await reader.read();
      if (done || this.#abort.signal.aborted) return false;
      for (const { type, data } of parser.push(decoder.decode(value, { stream: true }))) {
        if (this.#abort.signal.aborted) return false;
        this.#receiver.onEvent(type, data);
        if (type === this.#receiver.endsWith) {
          this.#abort.abort();
          this.#receiver.onState("ended");
          return true;
        }
      }
      if (parser.lastId !== "") this.#lastId = parser.lastId;
    }
  }

  #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#delay);
    this.#delay = Math.min(MAX_DELAY, this.#delay * 2);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }

  #state(state: FeedState): void {
    if (!this.#abort.signal.aborted) this.#receiver.onState(state);
  }
}

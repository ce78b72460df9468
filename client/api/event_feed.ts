// A stream of server-sent events that reconnects by itself. `open_feed.ts` opens one for the views of a flow and of a
// job.

import { RequestError } from "./request_error.ts";
import { SseParser } from "./sse_parser.ts";

/**
 * The state of the connection: `lost` if an attempt to connect has failed, `refused` if the token is wrong, `gone` if
 * the server does not have what is asked for, and `ended` after the last event. The last three are final.
 */
export type FeedState = "connecting" | "live" | "lost" | "refused" | "gone" | "ended";

/** The functions that receive events and states. */
export interface FeedReceiver {
  readonly onEvent: (type: string, data: string) => void;
  readonly onState: (state: FeedState) => void;
}

/** The way in which a stream connects. */
export interface FeedSettings {
  readonly connect: (path: string, init: RequestInit) => Promise<Response>;
  /** The time without any sign of life after which a connection is given up, in milliseconds. */
  readonly maxSilence: number;
}

/** The type of the event that ends a stream for good. */
const END = "end";

const FIRST_DELAY = 400;
const MAX_DELAY = 4_000;

/** Follows a stream until it is closed. It asks to go on after the last event that it has received. */
export class EventFeed {
  readonly #path: string;
  readonly #receiver: FeedReceiver;
  readonly #settings: FeedSettings;
  readonly #abort = new AbortController();
  #lastId = "";
  #delay = FIRST_DELAY;
  #wake = () => {};

  constructor(path: string, receiver: FeedReceiver, settings: FeedSettings) {
    this.#path = path;
    this.#receiver = receiver;
    this.#settings = settings;
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
        // The server has ended the connection in order. It is lost only if the next one fails.
      } catch (error) {
        const status = error instanceof RequestError ? error.status : 0;
        if (status === 401 || status === 403) return this.#state("refused");
        if (status === 404) return this.#state("gone");
        this.#state("lost");
      }
      if (!this.#abort.signal.aborted) await this.#pause();
    }
  }

  /** Reads one connection to its end; `true` if the stream has ended for good. */
  async #follow(): Promise<boolean> {
    const silence = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, silence.signal]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), this.#settings.maxSilence);
    };
    try {
      listen();
      const headers = new Headers({ accept: "text/event-stream" });
      if (this.#lastId !== "") headers.set("last-event-id", this.#lastId);
      const { body } = await this.#settings.connect(this.#path, { headers, signal });
      if (body === null) return false;
      this.#state("live");
      this.#delay = FIRST_DELAY;
      return await this.#read(body.getReader(), listen);
    } finally {
      clearTimeout(timer);
    }
  }

  async #read(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    listen: () => void,
  ): Promise<boolean> {
    const parser = new SseParser();
    const decoder = new TextDecoder();
    while (true) {
      const { value, done } = await reader.read();
      if (done || this.#abort.signal.aborted) return false;
      listen();
      for (const { type, data } of parser.push(decoder.decode(value, { stream: true }))) {
        if (type === END) {
          void reader.cancel();
          return true;
        }
        this.#receiver.onEvent(type, data);
        if (this.#abort.signal.aborted) return false;
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

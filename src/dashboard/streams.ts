// The streams of server-sent events of a server. The events of a stream are produced when the connection can take the next one, so a slow client
// costs no memory: it skips snapshots, and reads job events later.

import { after, clearTimer, unrefTimer } from "../data/timer.ts";
import { HEADERS } from "./answers.ts";

/** The streams of a server: their number, and their pauses, which end when the server is closed. */
export class Streams {
  readonly #waiting = new Set<() => void>();
  #open = 0;
  #isClosed = false;
  #idle: (() => void) | undefined;

  /** `true` if streams have to end. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Returns an answer that streams events.
   *
   * @param events Produces the events as text. It is ended when the client has gone.
   */
  answer(events: AsyncGenerator<string, void>): Response {
    const encoder = new TextEncoder();
    this.#open++;
    let isOpen = true;
    const ended = () => {
      if (isOpen) this.#ended();
      isOpen = false;
    };
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { value, done } = await events.next();
          if (!done) return controller.enqueue(encoder.encode(value));
        } catch {
          // The client connects again, and is answered with the error then.
        }
        ended();
        controller.close();
      },
      async cancel() {
        ended();
        await events.return();
      },
    }, { highWaterMark: 0 });
    return new Response(body, {
      headers: { ...HEADERS, "content-type": "text/event-stream; charset=utf-8" },
    });
  }

  /** Waits for a time in milliseconds, or until `close`. The program may end meanwhile. */
  async pause(delay: number): Promise<void> {
    if (this.#isClosed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = after(delay, resolve);
    unrefTimer(timer);
    this.#waiting.add(resolve);
    await promise;
    this.#waiting.delete(resolve);
    clearTimer(timer);
  }

  /** Ends all pauses, now and later, so that all streams end. */
  close(): void {
    this.#isClosed = true;
    for (const resolve of this.#waiting) resolve();
  }

  /** Waits until no stream is open, but no longer than a time in milliseconds. */
  async idle(maxWait: number): Promise<void> {
    if (this.#open === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = after(maxWait, resolve);
    this.#idle = resolve;
    await promise;
    clearTimer(timer);
  }

  #ended(): void {
    this.#open--;
    if (this.#open === 0) this.#idle?.();
  }
}

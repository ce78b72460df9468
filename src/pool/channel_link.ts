// The code of the user that a worker of another kind is on the host: `startWorker`, and the channel that it
// returns. Used by `ChannelWorker`, whose contract does not depend on when that code calls back, or how it fails.

import { microtask } from "../data/microtask.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";
import { callUser } from "../data/user_call.ts";
import { textOf } from "../errors/text_of.ts";
import type { ChannelEvents, StartWorker, WorkerChannel } from "./worker_channel.ts";

/**
 * A channel of the user, from the call of `startWorker` to its end. Events that come while the code of the
 * user is called are passed on afterwards, in their order.
 */
export class ChannelLink {
  readonly #events: LinkEvents;
  /** The events that are to be passed on. */
  readonly #held: (() => void)[] = [];
  #channel: WorkerChannel | undefined;
  /** The number of calls of the user's code on the stack. */
  #calls = 0;
  #failing: TimerId | undefined;
  #isClosed = false;
  #hasEnded = false;

  /**
   * @param workerId The worker.
   * @param start Starts the worker.
   * @param events The events of the channel.
   */
  constructor(workerId: string, start: StartWorker, events: LinkEvents) {
    this.#events = events;
    // Deferred, so that no event comes before the caller has this object.
    microtask(() => this.#start(workerId, start));
  }

  /** Sends a message, unless the channel is closed or has ended. */
  send(bytes: Uint8Array): void {
    if (this.#isClosed || this.#hasEnded) return;
    this.#call(() => this.#channel?.send(bytes), (error) => {
      // Deferred, as the caller may still be distributing tasks.
      microtask(() => {
        if (!this.#isClosed && !this.#hasEnded) this.#events.failed(textOf(error));
      });
    });
  }

  /** Ends the worker. A channel that is being made is closed when it is there. */
  close(): void {
    if (this.#isClosed || this.#hasEnded) return;
    this.#isClosed = true;
    clearTimer(this.#failing);
    if (this.#channel !== undefined) this.#closeChannel(this.#channel);
    else if (this.#calls === 0) microtask(() => this.#end(""));
  }

  #start(workerId: string, start: StartWorker): void {
    if (this.#isClosed) return;
    const events: ChannelEvents = {
      message: (bytes) => this.#deliver(() => this.#events.message(bytes)),
      ended: (why) => this.#deliver(() => this.#end(why)),
    };
    this.#calls++;
    try {
      const made: unknown = start(workerId, events);
      const fault = faultOf(made);
      if (fault !== undefined) throw new TypeError(fault);
      this.#channel = made as WorkerChannel;
    } catch (error) {
      this.#held.length = 0;
      const why = textOf(error);
      if (this.#isClosed) microtask(() => this.#end(why));
      // In a turn of its own, so that a pool whose workers fail at once leaves the loop to others.
      else this.#failing = after(0, () => this.#end(why));
    } finally {
      this.#calls--;
    }
    // It may have been closed by what `startWorker` called.
    if (this.#isClosed && this.#channel !== undefined) this.#closeChannel(this.#channel);
  }

  #closeChannel(channel: WorkerChannel): void {
    this.#call(() => channel.close());
  }

  #call(method: () => unknown, failed?: (error: unknown) => void): void {
    this.#calls++;
    callUser(method, failed);
    this.#calls--;
  }

  #deliver(event: () => void): void {
    if (this.#calls === 0 && this.#held.length === 0) return event();
    if (this.#held.push(event) > 1) return;
    microtask(() => {
      for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
        next();
        this.#held.shift();
      }
    });
  }

  #end(why: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimer(this.#failing);
    this.#events.ended(typeof why === "string" && why !== "" ? why : "its channel gave no reason");
  }
}

/** The events of a channel. None comes while a method of it is called, or before the link is there. */
export interface LinkEvents {
  /** A message has come from the worker. */
  message(bytes: Uint8Array): void;
  /** A message could not be sent. */
  failed(why: string): void;
  /** The worker has ended, or did not start. Called once, and last. */
  ended(why: string): void;
}

/** Returns the reason for which a value is no channel. A channel that comes late is closed, so that none is left. */
function faultOf(made: unknown): string | undefined {
  const { send, close, then } = (made ?? {}) as Partial<WorkerChannel & PromiseLike<unknown>>;
  if (typeof then === "function") {
    Promise.resolve(made).then((late) => (late as Partial<WorkerChannel> | undefined)?.close?.())
      .catch(() => {});
    return "`startWorker` returned a promise, so return a channel at once, which holds messages until the worker is there";
  }
  return typeof send === "function" && typeof close === "function"
    ? undefined
    : "`startWorker` returned no channel";
}

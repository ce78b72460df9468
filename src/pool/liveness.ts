// The pings with which a host detects that the event loop of a worker is blocked. Used by `PoolWorker` and
// its helpers before they terminate a worker, and by `ChannelWorker`.

import { elapsed } from "../data/clock.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";

/** The time without an answer after which an event loop counts as blocked, in milliseconds. */
const ANSWER_MS = 200;
/** The number of slices into which that time is divided. */
const SLICES = 8;
const SLICE_MS = ANSWER_MS / SLICES;
/**
 * The maximum number of slices that do not count, because the host was blocked or not scheduled for a long
 * part of them. The host reads its messages between two slices, so an answer is found long before that; and on
 * a machine that is busy all the time, each slice is such a one.
 */
const MAX_LATE = 2 * SLICES;

/** A wait for an answer. */
interface Check {
  /** The first ping whose answer ends it. */
  readonly from: number;
  readonly ended: PromiseWithResolvers<boolean>;
  timer: TimerId | undefined;
}

/**
 * Checks whether the event loop of a worker answers. The worker answers a ping with a pong through its
 * outbox, in the next turn of its event loop. Everything that it had to report when it received the ping has
 * therefore been received before the pong.
 */
export class Liveness {
  readonly #ping: (ping: number) => void;
  readonly #checks = new Set<Check>();
  #sent = 0;

  /** @param ping Sends a ping. */
  constructor(ping: (ping: number) => void) {
    this.#ping = ping;
  }

  /** Sends a ping. Resolves with `true` if it is answered in time. */
  check(): Promise<boolean> {
    return this.#check(this.#sent + 1);
  }

  /**
   * Sends a ping. Resolves with `true` if this or an earlier ping is answered in time, as the answers of a
   * remote worker may take longer than that. Earlier reports of the worker may still be on their way.
   */
  checkLoosely(): Promise<boolean> {
    return this.#check(0);
  }

  #check(from: number): Promise<boolean> {
    const ping = ++this.#sent;
    const check: Check = { from, ended: Promise.withResolvers(), timer: undefined };
    this.#checks.add(check);
    this.#wait(check, SLICES, MAX_LATE);
    this.#ping(ping);
    return check.ended.promise;
  }

  /** Called when the worker has answered a ping, which covers all earlier pings. */
  heard(ping: number): void {
    for (const check of this.#checks) if (check.from <= ping) this.#end(check, true);
  }

  /** Ends all checks, as no ping will be answered any more. */
  close(): void {
    for (const check of this.#checks) this.#end(check, false);
  }

  #wait(check: Check, slices: number, late: number): void {
    const from = elapsed();
    check.timer = after(SLICE_MS, () => {
      // A slice that took much longer means that the host was blocked, so the answer may be in its inbox.
      if (late > 0 && elapsed() - from > 3 * SLICE_MS) this.#wait(check, slices, late - 1);
      else if (slices > 1) this.#wait(check, slices - 1, late);
      else this.#end(check, false);
    });
  }

  #end(check: Check, answers: boolean): void {
    this.#checks.delete(check);
    clearTimer(check.timer);
    check.ended.resolve(answers);
  }
}

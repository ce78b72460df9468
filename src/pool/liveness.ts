import { elapsed } from "../data/clock.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";

/** A loop that does not answer for this long, in milliseconds, is blocked. */
const ANSWER_MS = 200;
/** The time is counted in slices; one during which the host itself was blocked does not count. */
const SLICES = 8;
const SLICE_MS = ANSWER_MS / SLICES;

/** A ping whose answer is awaited. */
interface Check {
  readonly ping: number;
  readonly ended: PromiseWithResolvers<boolean>;
  timer: TimerId | undefined;
}

/**
 * Finds out whether the event loop of a worker answers; there is one for each worker. The worker answers
 * a ping by a pong through its outbox, once its loop has come round. So whatever it had to report when
 * it received the ping has been received with the pong.
 */
export class Liveness {
  readonly #ping: (ping: number) => void;
  readonly #checks = new Set<Check>();
  #sent = 0;

  /** @param ping Sends a ping. */
  constructor(ping: (ping: number) => void) {
    this.#ping = ping;
  }

  /** Sends a ping, and resolves to whether it is answered in time. */
  check(): Promise<boolean> {
    const ping = ++this.#sent;
    const check: Check = { ping, ended: Promise.withResolvers(), timer: undefined };
    this.#checks.add(check);
    this.#wait(check, SLICES);
    this.#ping(ping);
    return check.ended.promise;
  }

  /** The worker has answered a ping, and those before it. */
  heard(ping: number): void {
    for (const check of this.#checks) if (check.ping <= ping) this.#end(check, true);
  }

  /** Nothing will be answered any more. */
  close(): void {
    for (const check of this.#checks) this.#end(check, false);
  }

  #wait(check: Check, slices: number): void {
    const from = elapsed();
    check.timer = after(SLICE_MS, () => {
      // A slice that took much longer was the host's own time: the answer may be in its inbox.
      const left = elapsed() - from > 3 * SLICE_MS ? slices : slices - 1;
      if (left > 0) this.#wait(check, left);
      else this.#end(check, false);
    });
  }

  #end(check: Check, answers: boolean): void {
    this.#checks.delete(check);
    clearTimer(check.timer);
    check.ended.resolve(answers);
  }
}

// The worker's end of a channel, for a worker that shares no memory with its host: an ordinary `Runner` with
// a ring in its own process. The host's `ChannelWorker` sends each task after it was started in the host's
// ring. Called by the programs of such workers.

import { now } from "../data/clock.ts";
import { toConsole } from "../data/to_console.ts";
import {
  decodeMessage,
  encodeMessage,
  type End,
  endedBy,
  type FromWorker,
  PROTOCOL,
  refuseTransfer,
  type ToWorker,
} from "../wire/channel_messages.ts";
import { decodeItems, type ItemsMessage } from "../wire/items.ts";
import type { WorkerMessage } from "../wire/messages.ts";
import { SharedTaskRing } from "../wire/shared_task_ring.ts";
import { Runner } from "../worker/runner.ts";
import { supervise, type SupervisedScope } from "../worker/supervise.ts";

/** Captured before routines can replace it, and before calls of it are reported. */
const { exit } = Deno;

/**
 * Makes this process a worker of a pool: the other end of a `WorkerChannel` of `@millrace/flow/pool`. Call it
 * once, in a program that does nothing else, as importing this function already prepares the thread for
 * routines. The program must end when its channel is closed. The file `examples/process_worker.ts` of the
 * repository contains both ends of a channel.
 *
 * This end executes any code that it receives, so only the pool may be able to write to the channel. A module
 * is loaded by its URL, which must refer to the same code here as at the pool. If the channel is the standard
 * output, a routine that writes to the standard output corrupts it, so the program must redirect the console.
 *
 * @param send Sends a message to the pool. Messages must arrive whole and in the order in which they were
 * sent, and must have left this process when `send` returns, as a handler may block the thread or end the
 * process right after that. A worker that does not take up its next activation within `loadTimeout` is given
 * up. If `send` throws, for example because the message is too long, the activation of the message fails; if
 * that failure cannot be sent either, the error is written to the console and the program ends.
 * @returns A function that takes the messages of the pool, each whole and in the order in which they were
 * sent.
 *
 * @example The first message reports that this end is ready
 * ```ts
 * import { serveWorker } from "@millrace/flow/worker";
 *
 * const sent: Uint8Array[] = [];
 * const receive = serveWorker((message) => void sent.push(message));
 * console.log(sent.length, typeof receive); // 1 function
 * ```
 */
export function serveWorker(send: (message: Uint8Array) => void): (message: Uint8Array) => void {
  const runner = new ChannelRunner(send);
  return (message) => runner.receive(decodeMessage(message) as ToWorker);
}

/** A runner behind a channel. */
class ChannelRunner {
  readonly #send: (message: Uint8Array) => void;
  #ring!: SharedTaskRing;
  #runner!: Runner;

  constructor(send: (message: Uint8Array) => void) {
    this.#send = send;
    this.#post({ type: "ready", at: now(), protocol: PROTOCOL });
  }

  /** Handles a message of the host. */
  receive(message: ToWorker): void {
    switch (message.type) {
      case "start": {
        const { workerId, cells, ...rest } = message;
        this.#ring = new SharedTaskRing(cells);
        this.#runner = new Runner(workerId, {
          postMessage: (message, transfer) => this.#report(message, transfer),
          giveUp,
        });
        supervise(globalThis as unknown as SupervisedScope, this.#runner);
        return this.#runner.receive({ ...rest, ring: this.#ring.buffer });
      }
      case "probe":
        return this.#post({ type: "listening", probe: message.probe });
      case "task": {
        const [task] = message.cell;
        this.#post({ type: "taken" });
        this.#ring.queue(...message.cell);
        this.#runner.receive(message.batch);
        // Revoked, so that a returned task is not started here later.
        if (this.#ring.revoke(task)) this.#post({ type: "returned", task });
        return;
      }
      case "load":
        this.#post({ type: "taken" });
        return this.#runner.receive(message);
      default:
        return this.#runner.receive(message);
    }
  }

  /** Sends items with the steps of the tasks that they end, which the host makes in its ring. */
  #report(message: WorkerMessage, transfer: readonly Transferable[] | undefined): void {
    refuseTransfer(transfer);
    const items = message as ItemsMessage;
    const ends: End[] = [];
    for (const item of decodeItems(items).items) {
      const task = endedBy(item);
      if (task === undefined) continue;
      const ring = this.#ring;
      ends.push([ring.startedAt(task), ring.endedAt(task), ring.endOf(task)]);
    }
    // If this throws, the outbox fails the task of the item that cannot be sent.
    this.#send(encodeMessage({ type: "items", items, ends }));
  }

  /** Sends a message that concerns no task. Ends the program if it cannot be sent. */
  #post(message: FromWorker): void {
    try {
      this.#send(encodeMessage(message));
    } catch (error) {
      giveUp(error);
    }
  }
}

/** Ends this program, as its pool would otherwise wait for ever for a message that cannot be sent. */
function giveUp(error: unknown): never {
  toConsole(error);
  return exit(1);
}

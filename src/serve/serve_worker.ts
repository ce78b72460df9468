// The other end of the channel to a worker that shares no memory with its host: an ordinary `Runner` with a
// ring in the memory of its own process. The host's `ChannelWorker` sends it each task when it has been
// started in the host's ring. Called by the programs that such workers are.

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
 * Makes this process a worker of a pool, to which a channel leads: the other end of a `WorkerChannel` of
 * `@millrace/flow/pool`. Called once, by a program that does nothing else: the import of this function alone
 * prepares the thread for routines. The program has to end when its channel is closed. The file
 * `examples/process_worker.ts` of the repository holds both ends of a channel.
 *
 * This end executes any code for whoever can write to it: the channel has to come from the pool alone. A
 * module is loaded by the URL that it has at the pool, so the URL has to mean the same code here. If the
 * channel is the standard output, a routine that writes to that destroys it, so the program has to send
 * elsewhere what routines write to the console.
 *
 * @param send Sends a message to the pool. Messages have to arrive whole and in the order in which they were
 * sent, and to have left this process when `send` returns, as a handler may block the thread or end the process
 * right after that. A worker that seems not to take up its next activation within `loadTimeout` is given up. If
 * `send` throws, as for a message that is too long, the activation that the message is about fails; if not even
 * that can be sent, the error is written to the console and the program ends.
 * @returns A function that takes the messages of the pool, each whole and in the order in which they were
 * sent.
 *
 * @example The first message says that this end is ready
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
        // Revoked, so that what is returned is not started here later on as well.
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
    // If it cannot be sent, the outbox fails the task that it concerns.
    this.#send(encodeMessage({ type: "items", items, ends }));
  }

  /** Sends what has no task that could fail instead. */
  #post(message: FromWorker): void {
    try {
      this.#send(encodeMessage(message));
    } catch (error) {
      giveUp(error);
    }
  }
}

/** Ends this program, as its pool would wait for ever for what it does not hear. */
function giveUp(error: unknown): never {
  toConsole(error);
  return exit(1);
}

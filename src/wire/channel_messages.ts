// The messages between a host and a worker that shares no memory with it, as bytes. The host's
// `ChannelWorker` and the worker's `ChannelRunner` encode and decode them: each has a `SharedTaskRing` of its
// own, and these messages carry the steps of tasks from one to the other.

import { findUnserializable, fromBytes, toBytes } from "../data/structured_bytes.ts";
import { structuredClone } from "../data/structured_clone.ts";
import { isReport, type Item, type ItemsMessage } from "./items.ts";
import type { HostMessage } from "./messages.ts";
import { taskOf } from "./packed_effects.ts";
import type { TaskBatch } from "./task_batch.ts";

/**
 * The version of all that is sent over a channel, tasks and items included, as both ends have to know the
 * same. It changes with any of that; `tests/wire/protocol_test.ts` records the shapes.
 */
export const PROTOCOL = 5;

/** The messages from a host to a worker. */
export type ToWorker =
  | StartMessage
  /** Is answered at once, which shows that the event loop of the worker is not blocked. */
  | { readonly type: "probe"; readonly probe: number }
  /** A task to be started at once, and the words of its cell. */
  | { readonly type: "task"; readonly cell: Cell; readonly batch: TaskBatch }
  | Exclude<HostMessage, TaskBatch | { readonly type: "start" | "ways" }>;

/** The first message, with the size of the ring instead of its memory. */
type StartMessage = Omit<Extract<HostMessage, { readonly type: "start" }>, "ring"> & {
  readonly workerId: string;
  readonly cells: number;
};

/** The words of a cell of the ring, as `SharedTaskRing.queue` takes them. */
export type Cell = readonly [
  task: number,
  binding: number,
  slot: number,
  attempt: number,
  strand: number,
];

/** The messages from a worker to its host. */
export type FromWorker =
  | { readonly type: "ready"; readonly at: number; readonly protocol: number }
  /** The worker takes up the first task, or routine to load, that it has not taken up yet. */
  | { readonly type: "taken" }
  /** Answers a probe. */
  | { readonly type: "listening"; readonly probe: number }
  /** Items of the outbox, and the steps of the tasks that end with them, in the order of the items. */
  | { readonly type: "items"; readonly items: ItemsMessage; readonly ends: readonly End[] }
  /** A task was not started, as an uncaught error came before it. */
  | { readonly type: "returned"; readonly task: number };

/** The end of a task, as stored in its cell. */
export type End = readonly [startedAt: number, endedAt: number, end: number];

/**
 * Encodes a message.
 *
 * @throws {DOMException} If it holds a value that cannot leave the process.
 */
export function encodeMessage(message: ToWorker | FromWorker): Uint8Array {
  let carried: unknown = message;
  if (findUnserializable(carried, "message") !== undefined) {
    // Converts instances of classes to plain data first, as a message to a thread would.
    carried = structuredClone(message);
    const found = findUnserializable(carried, "message");
    if (found !== undefined) {
      throw refused(`${found.kind} cannot leave the process`);
    }
  }
  return toBytes(carried);
}

/**
 * Refuses objects to move.
 *
 * @throws {DOMException} If there are any.
 */
export function refuseTransfer(transfer: readonly Transferable[] | undefined): void {
  if (transfer === undefined || transfer.length === 0) return;
  throw refused("nothing can be moved to or from a worker in another process; send it as a copy");
}

/**
 * Decodes a message.
 *
 * @throws {Error} If the bytes are not the result of {@linkcode encodeMessage}.
 */
export function decodeMessage(bytes: Uint8Array): unknown {
  return fromBytes(bytes);
}

/** Returns the task that an item ends; `undefined` if it ends none. */
export function endedBy(item: Item): number | undefined {
  if (typeof item === "number") return item;
  if (!isReport(item)) return taskOf(item);
  return item.type === "failed" ? item.task : undefined;
}

function refused(why: string): DOMException {
  return new DOMException(why, "DataCloneError");
}

// Tasks as they travel to a worker. The host's `WorkerInbox` encodes them, the worker's `Runner` decodes
// each when its turn comes.

import type { Committed } from "../routine/committed.ts";
import type { BindingMessage } from "./messages.ts";

/**
 * Attempts at activations; the rest of each is in its cell of the ring. A flat list, as it is sent and
 * read faster than objects, or lists of lists.
 */
export type TaskBatch = [
  /** The job of each, or the one job of all. */
  jobIds: string | readonly string[],
  /** The bindings that the worker does not know yet. */
  bindings: readonly BindingMessage[] | undefined,
  /** For each task, in turn: its number, its payload, and its activation as an `ActivationAbout`. */
  ...tasks: unknown[],
];

/** The id of an activation, and the effects that its earlier attempts have committed, where they have. */
type ActivationAbout = string | readonly [activationId: string, Committed | number];

/** The place where the tasks begin in the list, and the number of fields that each has. */
const FIRST = 2, FIELDS = 3;

/** A task to be sent. */
export interface SentTask {
  readonly number: number;
  readonly jobId: string;
  readonly activationId: string;
  readonly payload: unknown;
  readonly committed: Committed | number | undefined;
}

/** Encodes tasks as one message, with the bindings that the worker does not know yet. */
export function encodeTasks(
  tasks: readonly SentTask[],
  bindings: readonly BindingMessage[] | undefined,
): TaskBatch {
  const jobId = tasks[0]?.jobId ?? "";
  const isOneJob = tasks.every((task) => task.jobId === jobId);
  const batch: TaskBatch = [isOneJob ? jobId : tasks.map((task) => task.jobId), bindings];
  for (const { number, payload, activationId, committed } of tasks) {
    const about: ActivationAbout = committed === undefined
      ? activationId
      : [activationId, committed];
    batch.push(number, payload, about);
  }
  return batch;
}

/** Returns the bindings that came with a batch, if any did. */
export function introducedBy([, bindings]: TaskBatch): readonly BindingMessage[] | undefined {
  return bindings;
}

/** The place of a task in its batch: where it begins, or where the last one ends.
 */
export type Place = number;

/** Returns the place of the first task. */
export function firstPlace(): Place {
  return FIRST;
}

/** Returns the place behind a task. */
export function nextPlace(place: Place): Place {
  return place + FIELDS;
}

/** Checks whether there is a task at a place. */
export function hasTaskAt(batch: TaskBatch, place: Place): boolean {
  return place < batch.length;
}

/** Returns the number of the task at a place. */
export function numberAt(batch: TaskBatch, place: Place): number {
  return batch[place] as number;
}

/** Takes a task out of its batch: the batch may stay for as long as another task of it waits. */
export function takeTask(batch: TaskBatch, place: Place): SentTask {
  const [jobIds] = batch;
  const about = batch[place + 2] as ActivationAbout;
  const payload = batch[place + 1];
  batch[place + 1] = undefined;
  return {
    number: numberAt(batch, place),
    jobId: typeof jobIds === "string" ? jobIds : jobIds[(place - FIRST) / FIELDS] as string,
    activationId: typeof about === "string" ? about : about[0],
    payload,
    committed: typeof about === "string" ? undefined : about[1],
  };
}

// Tasks as they travel to a worker. The host's `WorkerInbox` adds them to a batch, the worker's `Runner` takes
// each out when its turn comes. No object stands for one: its parts lie in the list, and in its cell.

import type { Committed } from "../routine/committed.ts";
import type { BindingMessage } from "./messages.ts";

/**
 * Attempts at activations; the rest of each is in its cell of the ring. A flat list, as it is sent and
 * read faster than objects, or lists of lists.
 */
export type TaskBatch = [
  /** The job of each, or the one job of all. */
  jobIds: string | string[],
  /** The bindings that the worker does not know yet. */
  bindings: BindingMessage[] | undefined,
  /** For each task, in turn: its number, its payload, and its activation as an `ActivationAbout`. */
  ...tasks: unknown[],
];

/** The id of an activation, and the effects that its earlier attempts have committed, where they have. */
type ActivationAbout = string | readonly [activationId: string, Committed | number];

/** The place where the tasks begin in the list, and the number of fields that each has. */
const FIRST = 2, FIELDS = 3;

/** Returns a batch without tasks. */
export function newBatch(): TaskBatch {
  return ["", undefined];
}

/** Adds a binding that the worker does not know yet, if the batch does not have it. */
export function introduce(batch: TaskBatch, binding: BindingMessage): void {
  batch[1] ??= [];
  if (!batch[1].includes(binding)) batch[1].push(binding);
}

/** Adds a task. */
export function addTask(
  batch: TaskBatch,
  number: number,
  jobId: string,
  activationId: string,
  payload: unknown,
  committed: Committed | number | undefined,
): void {
  const [jobIds] = batch;
  if (batch.length === FIRST) batch[0] = jobId;
  else if (typeof jobIds !== "string") jobIds.push(jobId);
  else if (jobIds !== jobId) {
    batch[0] = [...Array<string>((batch.length - FIRST) / FIELDS).fill(jobIds), jobId];
  }
  const about: ActivationAbout = committed === undefined ? activationId : [activationId, committed];
  batch.push(number, payload, about);
}

/** Returns the bindings that came with a batch, if any did. */
export function introducedBy([, bindings]: TaskBatch): readonly BindingMessage[] | undefined {
  return bindings;
}

/** The place in a batch where a task begins, or where the last one ends. */
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

/** Returns the job of the task at a place. */
export function jobIdAt([jobIds]: TaskBatch, place: Place): string {
  return typeof jobIds === "string" ? jobIds : jobIds[(place - FIRST) / FIELDS] as string;
}

/** Returns the id of the activation at a place. */
export function activationIdAt(batch: TaskBatch, place: Place): string {
  const about = batch[place + 2] as ActivationAbout;
  return typeof about === "string" ? about : about[0];
}

/** Returns the effects that earlier attempts at the activation at a place have committed, if they have. */
export function committedAt(batch: TaskBatch, place: Place): Committed | number | undefined {
  const about = batch[place + 2] as ActivationAbout;
  return typeof about === "string" ? undefined : about[1];
}

/** Returns a batch of the task at a place alone, whose routine the worker knows. */
export function batchOf(batch: TaskBatch, place: Place): TaskBatch {
  const [number, payload, about] = batch.slice(place, place + FIELDS);
  return [jobIdAt(batch, place), undefined, number, payload, about];
}

/** Takes the payload out of the batch, which may stay for as long as another task of it waits. */
export function takePayload(batch: TaskBatch, place: Place): unknown {
  const payload = batch[place + 1];
  batch[place + 1] = undefined;
  return payload;
}

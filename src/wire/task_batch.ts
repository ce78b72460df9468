// The packed form of tasks for a worker. The host's `WorkerInbox` adds them to a batch, the worker's `Runner`
// finds each task when its turn comes, and `RunningActivation` reads it. A task is no object: its parts are in
// the list and in its cell.

import type { Committed } from "../routine/committed.ts";
import type { BindingMessage } from "./messages.ts";

/**
 * Attempts at activations; the other parts of each are in its cell of the ring. A flat list is sent and read
 * faster than objects or nested lists.
 */
export type TaskBatch = [
  /** The job of each task, or one job if all have the same. */
  jobIds: string | string[],
  /** The bindings that the worker does not know yet. */
  bindings: BindingMessage[] | undefined,
  /** The config of each task that has one of its own, or one config if all tasks have the same. */
  configs: Config | undefined | (Config | undefined)[],
  /** For each task, in turn: its number, its payload, and its activation as an `ActivationAbout`. */
  ...tasks: unknown[],
];

/** The config of a task in place of that of its binding. */
type Config = BindingMessage["config"];

/** The id of an activation; the number of a run, from which its id is made where it is asked for. */
export type SentId = string | number;

/**
 * The id of an activation, with the effects that its earlier attempts have committed and the span of this
 * attempt, if it has any of these.
 */
type ActivationAbout =
  | SentId
  | readonly [
    id: SentId,
    committed: Committed | number | undefined,
    traceparent?: string | undefined,
  ];

/** The index in the list at which the tasks begin, and the number of fields of each task. */
const FIRST = 3, FIELDS = 3;

/** Returns a batch without tasks. */
export function newBatch(): TaskBatch {
  return ["", undefined, undefined];
}

/** Returns a batch of one task, to which a worker has gone straight on. */
export function batchOfNext(
  task: number,
  jobId: string,
  activationId: string,
  payload: unknown,
): TaskBatch {
  return [jobId, undefined, undefined, task, payload, activationId];
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
  id: SentId,
  payload: unknown,
  committed: Committed | number | undefined,
  traceparent?: string,
  config?: Config,
): void {
  const [jobIds, , configs] = batch;
  if (batch.length === FIRST) {
    batch[0] = jobId;
    batch[2] = config;
  } else {
    if (typeof jobIds !== "string") jobIds.push(jobId);
    else if (jobIds !== jobId) batch[0] = [...repeated(jobIds, batch), jobId];
    if (Array.isArray(configs)) configs.push(config);
    else if (configs !== config) batch[2] = [...repeated(configs, batch), config];
  }
  batch.push(number, payload, aboutOf(id, committed, traceparent));
}

/** Returns the bindings that a batch introduces, if there are any. */
export function introducedBy([, bindings]: TaskBatch): readonly BindingMessage[] | undefined {
  return bindings;
}

/** The index in a batch at which a task begins, or at which the last one ends. */
export type Place = number;

/** Returns the place of the first task. */
export function firstPlace(): Place {
  return FIRST;
}

/** Returns the place after a task. */
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

/** Returns the id of the activation at a place, as it was sent. */
export function idAt(batch: TaskBatch, place: Place): SentId {
  const about = batch[place + 2] as ActivationAbout;
  return typeof about === "object" ? about[0] : about;
}

/** Returns the id of an activation from the id as it was sent. */
export function fullId(id: SentId): string {
  return typeof id === "number" ? `run/${id}` : id;
}

/** Returns the effects that earlier attempts at the activation at a place have committed, if any. */
export function committedAt(batch: TaskBatch, place: Place): Committed | number | undefined {
  const about = batch[place + 2] as ActivationAbout;
  return typeof about === "object" ? about[1] : undefined;
}

/** Returns the span of the attempt at a place, as a W3C `traceparent`, if the flow is traced. */
export function traceparentAt(batch: TaskBatch, place: Place): string | undefined {
  const about = batch[place + 2] as ActivationAbout;
  return typeof about === "object" ? about[2] : undefined;
}

/** Returns the config of the task at a place in place of that of its binding, if it has one. */
export function configAt([, , configs]: TaskBatch, place: Place): Config | undefined {
  return Array.isArray(configs) ? configs[(place - FIRST) / FIELDS] : configs;
}

/** Returns a batch that contains only the task at a place, whose routine the worker knows. */
export function batchOf(batch: TaskBatch, place: Place): TaskBatch {
  const [number, payload, about] = batch.slice(place, place + FIELDS);
  return [jobIdAt(batch, place), undefined, configAt(batch, place), number, payload, about];
}

/** Removes the payload from the batch and returns it, as other tasks may hold the batch for a long time. */
export function takePayload(batch: TaskBatch, place: Place): unknown {
  const payload = batch[place + 1];
  batch[place + 1] = undefined;
  return payload;
}

/** Returns a list with a value for each task of a batch. */
function repeated<Value>(value: Value, batch: TaskBatch): Value[] {
  return Array<Value>((batch.length - FIRST) / FIELDS).fill(value);
}

/** Most activations have only an id, which is sent faster than a list. */
function aboutOf(
  id: SentId,
  committed: Committed | number | undefined,
  traceparent: string | undefined,
): ActivationAbout {
  if (traceparent !== undefined) return [id, committed, traceparent];
  return committed === undefined ? id : [id, committed];
}

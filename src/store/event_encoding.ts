import type { Job, KeptSignal, LiveActivation } from "../engine/job.ts";
import type { Activation, JobEvent } from "../engine/job_event.ts";
import { assertStorable } from "./assert_storable.ts";
import { isJsonEvent } from "./json_safe.ts";
import { type PackedEvent, packEvent, unpackEvent } from "./packed_event.ts";
import { fromBytes, toBytes } from "./structured_bytes.ts";

/** JobEvents of a job as a store keeps them. */
export interface EncodedEvents {
  /**
   * A JSON array of the events, some as lists; in the place of one that JSON cannot hold is its index
   * in `rest`.
   */
  readonly text: string;
  /** The events that JSON cannot hold, as structured clone has them; `null` when there are none. */
  readonly rest: Uint8Array | null;
}

/**
 * Encodes JobEvents of one job: as JSON, which takes a third of the time of structured clone and can
 * be read by people, where that gives each back as it is.
 *
 * @throws {StoreValueError} If an event holds what cannot be kept.
 */
export function encodeEvents(jobId: string, events: readonly JobEvent[]): EncodedEvents {
  const rest: JobEvent[] = [];
  const held = events.map((event) =>
    isJsonEvent(event) ? packEvent(event) : rest.push(owned(event)) - 1
  );
  for (const event of rest) assertStorable(event, event.type);
  return { text: shortened(jobId, held), rest: rest.length === 0 ? null : toBytes(rest) };
}

/** Decodes what {@linkcode encodeEvents} made. */
export function decodeEvents(jobId: string, { text, rest }: EncodedEvents): JobEvent[] {
  const id = escaped(jobId);
  const held: (JobEvent | PackedEvent | number)[] = JSON.parse(text.replaceAll(JOB_ID, () => id));
  const others = rest === null ? [] : fromBytes(rest) as JobEvent[];
  return held.map((event) => {
    if (typeof event === "number") return others[event]!;
    return isPacked(event) ? unpackEvent(jobId, event) : event;
  });
}

function isPacked(event: JobEvent | PackedEvent): event is PackedEvent {
  return Array.isArray(event);
}

/** Stands for the job's id, which is nearly half of most events; JSON has no such character. */
const JOB_ID = "\x01";

function shortened(jobId: string, held: readonly unknown[]): string {
  const text = JSON.stringify(held);
  return jobId.length < 8 ? text : text.replaceAll(escaped(jobId), JOB_ID);
}

/** A text as it is within JSON. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Encodes a job; what is in it came with events that have been kept. */
export function encodeJob(job: Job): Uint8Array {
  const live = new Map<string, LiveActivation>();
  for (const [id, one] of job.live) live.set(id, { ...one, activation: unmoved(one.activation) });
  return toBytes({ ...job, live });
}

/** Decodes what {@linkcode encodeJob} made. */
export function decodeJob(bytes: Uint8Array): Job {
  const job = fromBytes(bytes) as Job & {
    readonly signals: Job["signals"] | readonly KeptSignal[];
  };
  if (!Array.isArray(job.signals)) return job;
  // As it was before signals had numbers: they came before all that is to come.
  return { ...job, signals: new Map(job.signals.entries()) };
}

/** The event without what was moved: a store keeps a copy of that in the payload. */
function owned(event: JobEvent): JobEvent {
  if ("activation" in event) return { ...event, activation: unmoved(event.activation) };
  if (!("queued" in event)) return event;
  const queued = event.queued.map(unmoved);
  if (!("effects" in event)) return { ...event, queued };
  const effects = { ...event.effects, emits: event.effects.emits.map(unmoved) };
  return { ...event, effects, queued };
}

function unmoved<T extends Pick<Activation, "transfer">>(holder: T): Omit<T, "transfer"> {
  const { transfer: _, ...kept } = holder;
  return kept;
}

import type { ExecutionRecord, JobEvent, JobState, JobStatus } from "@millrace/flow";
import { replay } from "@millrace/flow/events";
import type { Item } from "./routines.ts";

/** The part of a job that has to be the same however often the process was killed. */
export interface Outcome {
  readonly status: JobStatus;
  readonly sharedData: Readonly<Record<string, unknown>>;
  readonly routineStates: JobState["routineStates"];
  readonly skipped: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  /** Multisets, as sorted lines. */
  readonly errors: readonly string[];
  readonly history: readonly string[];
  /** The log of each activation in its order. */
  readonly log: readonly string[];
}

/** Describes the outcome of a job without the parts that time, chance and turns decide. */
export function outcomeOf(events: readonly JobEvent[]): Outcome {
  const names = namesOf(events);
  const job = replay(events);
  // A job that was recovered has more events, and its routines fail at fewer attempts, as those that
  // were lost count as well; nothing else may differ.
  const { events: _, retries: __, ...counts } = job.counts;
  return {
    status: job.status,
    sharedData: withoutAttempts(job.sharedData),
    routineStates: job.routineStates,
    skipped: job.skipped.toSorted(),
    counts,
    errors: job.errors.map(String).sort(),
    history: job.executionHistory.filter(isLasting).map((record) => lineOf(record, names)).sort(),
    log: logOf(job, names),
  };
}

/**
 * Names activations by where they come from, as their numbers depend on whose turn it was. Fallbacks
 * have the same payload, and are distinguished by the activations that they stand in for.
 */
function namesOf(events: readonly JobEvent[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const event of events) {
    const queued = "queued" in event
      ? event.queued
      : "activation" in event && event.activation !== undefined
      ? [event.activation]
      : [];
    for (const { activationId, routineId, slot, payload, from = "" } of queued) {
      const { key } = Object(Object(payload).payload ?? payload) as Item;
      names.set(activationId, `${names.get(from) ?? ""} > ${routineId}.${slot} ${key}`);
    }
  }
  return names;
}

/** Checks whether a record lasts, as one of an attempt that was followed by another does not. */
function isLasting({ event, data }: ExecutionRecord): boolean {
  if (event === "failed") return !JSON.stringify(data).includes("not yet");
  return event !== "started" && event !== "retrying" && event !== "lost";
}

function withoutAttempts(sharedData: Outcome["sharedData"]): Outcome["sharedData"] {
  const lasting = Object.entries(sharedData).filter(([key]) => !key.startsWith("attempt of"));
  return Object.fromEntries(lasting);
}

function lineOf(record: ExecutionRecord, names: ReadonlyMap<string, string>): string {
  const { activationId, event, data = {} } = record;
  const shown = Object.entries(data).flatMap(([key, value]) => {
    if (key === "dueAt" || key === "waitId") return [];
    if (key === "from") return [["from", names.get(String(value))]];
    return [[key, key === "error" ? Reflect.get(Object(value), "message") : value]];
  });
  return `${names.get(activationId)}: ${event} ${JSON.stringify(shown)}`;
}

function logOf({ sharedLog }: JobState, names: ReadonlyMap<string, string>): string[] {
  const logs = new Map<string, string[]>();
  for (const { activationId, data } of sharedLog) {
    logs.getOrInsertComputed(activationId, () => []).push(JSON.stringify(data));
  }
  return [...logs].map(([id, entries]) => `${names.get(id)}: ${entries.join(", ")}`).sort();
}

import { isEnd } from "../engine/is_end.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { Store } from "../store/store.ts";
import type { EventsOptions } from "./events_options.ts";
import type { ForgottenIds } from "./forgotten_ids.ts";

/** The part of a job's stream that a store has. */
export interface StoredStream {
  /** The JobEvents, in order. */
  readonly events: readonly JobEvent[];
  /** `true` if the job has ended, so that no more events can follow. */
  readonly hasEnded: boolean;
}

/** The place in which a job's stream is looked up. */
export interface StreamSource {
  readonly store: Store;
  readonly flowId: string;
  /** The jobs that the store has recently dropped. */
  readonly forgotten: ForgottenIds;
  /** `true` if the job runs in this process, so that events of it follow in any case. */
  readonly isLive: boolean;
}

/**
 * Returns the part of an iteration that is read from the store: the events of a job that has ended, and those
 * of a running one that come after the given event. All other iterations begin with the next event.
 *
 * @throws {StoreError} If the store cannot be read.
 */
export function storedStream(
  { jobId, after }: Pick<EventsOptions, "jobId" | "after">,
  { store, flowId, forgotten, isLive }: StreamSource,
): StoredStream {
  if (jobId === undefined || isLive && after === undefined) return { events: [], hasEnded: false };
  const kept = readStream(store, flowId, jobId, after ?? 0);
  const hasEnded = !isLive && (kept?.hasEnded ?? forgotten.has(jobId));
  const isRead = hasEnded || after !== undefined;
  return { events: isRead ? kept?.events ?? [] : [], hasEnded };
}

/** Reads the stream of a job after an event; `undefined` if the store has no such job of the flow. */
function readStream(
  store: Store,
  flowId: string,
  jobId: string,
  after: number,
): StoredStream | undefined {
  const kept = store.read(jobId, after);
  if (kept === undefined || !isOf(store, flowId, jobId)) return undefined;
  const { events, snapshot } = kept;
  // No event follows if the reader has already read the last one, so the last stored event is read.
  const last = events.at(-1) ?? store.read(jobId)?.events.at(-1);
  return { events, hasEnded: snapshot?.endedAt !== undefined || last !== undefined && isEnd(last) };
}

/** Checks whether a job belongs to a flow, as a store may have jobs of several flows. */
function isOf(store: Store, flowId: string, jobId: string): boolean {
  const shape = store.shapeOf(jobId);
  if (shape !== undefined) return shape.flowId === flowId;
  const first = store.read(jobId)?.events[0];
  return first?.type === "job_started" && first.flowId === flowId;
}

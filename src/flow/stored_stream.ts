import { isEnd } from "../engine/is_end.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { Store } from "../store/store.ts";

/** The part of a job's stream that a store has. */
export interface StoredStream {
  /** The JobEvents, in order. */
  readonly events: readonly JobEvent[];
  /** `true` if the job has ended, so that no more events can follow. */
  readonly hasEnded: boolean;
}

/**
 * Reads the stream of a job of a flow.
 *
 * @param after The number of the JobEvent after which to begin.
 * @returns The stored part of the stream; `undefined` if the store has no such job of this flow.
 * @throws {StoreError} If the store cannot be read.
 */
export function storedStream(
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

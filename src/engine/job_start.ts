import { activationIdOf } from "../routine/activation_id.ts";
import { MAX_ERRORS } from "./job.ts";
import type { Activation, JobStarted } from "./job_event.ts";

/** The start of a job. */
export interface JobStart extends Omit<Activation, "activationId" | "from" | "event" | "held"> {
  readonly jobId: string;
  readonly deadline?: number | undefined;
  readonly priority?: number | undefined;
  readonly group?: string | undefined;
  /** `true` if the job is fed at the slot, and has no payload to begin with. */
  readonly isFed?: true | undefined;
}

/**
 * Returns the event that starts a job.
 *
 * @param flowId The flow.
 * @param start The start.
 * @param at The time, in epoch milliseconds.
 * @param maxErrors The maximum number of errors that the job holds.
 * @param isPending `true` if the job has to wait until others have ended.
 */
export function jobStarted(
  flowId: string,
  { jobId, deadline, priority, group, isFed, ...entry }: JobStart,
  at: number,
  maxErrors: number,
  isPending: boolean,
): JobStarted {
  const type = "job_started";
  const event: JobStarted = isFed
    ? { type, jobId, seq: 1, at, flowId, feed: { routineId: entry.routineId, slot: entry.slot } }
    : {
      type,
      jobId,
      seq: 1,
      at,
      flowId,
      activation: { activationId: activationIdOf(jobId, 1), ...entry },
    };
  const isPlain = deadline === undefined && priority === undefined && group === undefined;
  // Spread only if necessary, as that takes more memory.
  if (isPlain && maxErrors >= MAX_ERRORS && !isPending) return event;
  return {
    ...event,
    ...isPending && { pending: true },
    ...deadline !== undefined && { deadline },
    ...priority !== undefined && { priority },
    ...group !== undefined && { group },
    ...maxErrors < MAX_ERRORS && { maxErrors },
  };
}

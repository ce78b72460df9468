import { placed, type SerializedError, serializeError } from "../data/serialized_error.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { Wait } from "../engine/job_event.ts";
import { ActivationTimeoutError, SignalTimeoutError } from "../errors/activation_errors.ts";
import { JobTimeoutError } from "../errors/job_errors.ts";
import { withoutStack } from "../errors/without_stack.ts";
import type { Clock } from "./deadlines.ts";

const TOOK_TOO_LONG: Readonly<Record<Clock, string>> = {
  queue: "was not begun within",
  run: "did not end within",
  total: "did not succeed, retries included, within",
};

/** Returns the error of an activation that exceeded a timeout of its policy. */
export function activationTimedOut(
  { jobId, flowId }: Job,
  { activation: { activationId, routineId, slot }, attempt }: LiveActivation,
  clock: Clock,
  timeout: number,
): SerializedError {
  const place = { flowId, jobId, routineId, slot, activationId, attempt };
  const message = `"${routineId}" ${
    TOOK_TOO_LONG[clock]
  } ${timeout} ms; allow more by ${clock}Timeout, or do less at a time`;
  const error = withoutStack(() => new ActivationTimeoutError(message, { ...place, clock }));
  return placed(serializeError(error), place);
}

/** Returns the error of a job that did not end in time. */
export function jobTimedOut({ jobId, flowId, deadline = 0 }: Job): SerializedError {
  const until = new Date(deadline).toISOString();
  const message =
    `job "${jobId}" did not end by ${until}, when its time was up; allow more by timeout, or do less at a time`;
  return serializeError(withoutStack(() => new JobTimeoutError(message, { flowId, jobId })));
}

/** Returns the error of a wait whose signal was not sent in time. */
export function signalTimedOut(
  { jobId, flowId }: Job,
  { signal, routineId, slot, timeout, activationId }: Wait,
): SerializedError {
  const message =
    `the signal "${signal}" that "${routineId}" waits for was not sent within ${timeout} ms; send it by flow.signal, or wait longer`;
  const place = { flowId, jobId, routineId, slot, activationId };
  return serializeError(withoutStack(() => new SignalTimeoutError(message, place)));
}

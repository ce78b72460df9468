import { placed, type SerializedError, serializeError } from "../data/serialized_error.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import { PoisonedActivationError } from "../errors/activation_errors.ts";

/** Returns the error of an activation that was executing when too many processes died. */
export function poisonedBy(
  { jobId, flowId }: Job,
  { activation: { activationId, routineId, slot }, attempt, crashes }: LiveActivation,
): SerializedError {
  const place = { flowId, jobId, routineId, slot, activationId, attempt };
  const message =
    `activation "${activationId}" of "${routineId}" has lost ${crashes} workers or processes that executed it and is not retried; find the cause, such as exhausted memory, or raise maxCrashes`;
  return placed(serializeError(new PoisonedActivationError(message, place)), place);
}

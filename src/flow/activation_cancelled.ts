import { type SerializedError, serializeError } from "../data/serialized_error.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import { ActivationCancelledError } from "../errors/activation_errors.ts";

/** Returns the error of an activation that was cancelled on its own. */
export function activationCancelled(
  { jobId, flowId }: Job,
  { activation: { activationId, routineId, slot } }: LiveActivation,
  cause: unknown,
): SerializedError {
  const place = { flowId, jobId, routineId, slot, activationId };
  const message = `activation "${activationId}" was cancelled`;
  return serializeError(new ActivationCancelledError(message, { cause, ...place }));
}

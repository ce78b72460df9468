import { type SerializedError, serializeError } from "../data/serialized_error.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import { UnknownSlotError } from "../errors/flow_errors.ts";
import type { Binding } from "../pool/task.ts";

/** Returns the error of a recovered job with an activation for a slot that the flow no longer has. */
export function noSuchSlot(
  { jobId, flowId }: Job,
  { activation: { activationId, routineId, slot } }: LiveActivation,
  bindings: ReadonlyMap<string, Binding>,
): SerializedError {
  const known = [...bindings].flatMap(([id, { routine }]) =>
    Object.keys(routine.slots).map((name) => `${id}.${name}`)
  );
  const place = { flowId, jobId, routineId, slot, activationId };
  return serializeError(new UnknownSlotError(`${routineId}.${slot}`, known, place));
}

import { type SerializedError, serializeError } from "../data/serialized_error.ts";
import type { ReadyActivation } from "../engine/engine.ts";
import { UnknownSlotError } from "../errors/flow_errors.ts";
import type { Binding } from "../pool/task.ts";

/** The error of a job that was recovered by a flow which has no slot any more for an activation of it. */
export function noSuchSlot(
  { job, live: { activation } }: ReadyActivation,
  bindings: ReadonlyMap<string, Binding>,
): SerializedError {
  const { jobId, flowId } = job;
  const { activationId, routineId, slot } = activation;
  const known = [...bindings].flatMap(([id, { routine }]) =>
    Object.keys(routine.slots).map((name) => `${id}.${name}`)
  );
  const place = { flowId, jobId, routineId, slot, activationId };
  return serializeError(new UnknownSlotError(`${routineId}.${slot}`, known, place));
}

import { faithfulCopy, shownCopy } from "../data/faithful_copy.ts";
import { type SerializedError, serializeError } from "../data/serialized_error.ts";
import type { Aftermath } from "./after_failure.ts";
import { followedBy } from "./followed_by.ts";
import type { Activation } from "./job_event.ts";
import type { Router } from "./routing.ts";

/** A failed activation, or an expired wait, which has no payload. */
type Failed =
  & Pick<Activation, "activationId" | "routineId" | "slot">
  & Partial<Pick<Activation, "payload" | "transfer">>;

/** The error, and the reason for which its event could not be stored, if there is one. */
interface Cause {
  readonly error: SerializedError;
  readonly refusal?: SerializedError | undefined;
}

/**
 * Routes a failure to the slots that are connected to `$error`, and the fallback of a skipped routine to its
 * receivers. Does so only if the job goes on.
 *
 * @param router The router that queues the activations.
 * @param failed The activation or wait that failed.
 * @param cause The error, and the reason for which its event could not be stored, if there is one.
 * @param then The consequence of the failure by the policy.
 * @param timestamp The time, in epoch milliseconds.
 * @returns The actual consequence: the job stops if the failure cannot be routed or stored.
 */
export function routeFailure(
  router: Router,
  { activationId, routineId, slot, payload, transfer }: Failed,
  { error, refusal }: Cause,
  then: Aftermath,
  timestamp: number,
): Aftermath {
  if (then.kind === "stop" || then.kind === "retry") return then;
  const reported = then.error ?? error;
  if (refusal !== undefined) return { kind: "stop", error: followedBy(reported, refusal) };
  try {
    // Objects that were moved to the worker are detached here, so they are shown as placeholders.
    const shown = transfer === undefined ? payload : shownCopy(payload);
    router.fail(activationId, routineId, { payload: shown, slot, error: reported });
    if (then.kind === "skip" && then.fallback !== undefined) {
      const { event, payload } = then.fallback;
      // Copied, as the fallbacks of several failures may be sent to one worker in one message.
      const own = faithfulCopy(payload, "fallback");
      router.emit(activationId, routineId, { event, payload: own, timestamp });
    }
    return then;
  } catch (thrown) {
    return { kind: "stop", error: followedBy(reported, serializeError(thrown)) };
  }
}

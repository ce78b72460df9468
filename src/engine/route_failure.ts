import { faithfulCopy, shownCopy } from "../data/faithful_copy.ts";
import { type SerializedError, serializeError } from "../data/serialized_error.ts";
import type { Aftermath } from "./after_failure.ts";
import { followedBy } from "./followed_by.ts";
import type { Activation } from "./job_event.ts";
import type { Router } from "./routing.ts";

/** A failed activation, or a failed wait, which has no payload. */
type Failed =
  & Pick<Activation, "activationId" | "routineId" | "slot">
  & Partial<Pick<Activation, "payload" | "transfer">>;

/** The error. */
interface Cause {
  readonly error: SerializedError;
  readonly refusal?: SerializedError | undefined;
}

/**
 * Routes a failure that its job survives, and what a skipped routine emits in place of its work.
 *
 * @param router Where it is routed.
 * @param failed What failed.
 * @param cause What failed it, and the reason for which its event could not be stored, if there is one.
 * @param then What follows by the policy.
 * @param timestamp The time, in epoch milliseconds.
 * @returns What follows: if the failure cannot be reported where it leads, the job stops.
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
    // What was moved to the worker is gone here.
    const shown = transfer === undefined ? payload : shownCopy(payload);
    router.fail(activationId, routineId, { payload: shown, slot, error: reported });
    if (then.kind === "skip" && then.fallback !== undefined) {
      const { event, payload } = then.fallback;
      // Those of several failures may be sent to one worker in one message.
      const own = faithfulCopy(payload, "fallback");
      router.emit(activationId, routineId, { event, payload: own, timestamp });
    }
    return then;
  } catch (thrown) {
    return { kind: "stop", error: followedBy(reported, serializeError(thrown)) };
  }
}

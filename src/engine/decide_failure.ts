// Decides which JobEvents a failure leads to: that of an attempt, or that of a wait whose signal was not sent
// in time. `after_failure.ts` determines the consequence by the policy of the routine; this file routes the
// failure to the receivers of `$error` and of a fallback. Called by `decide.ts`.

import { faithfulCopy, shownCopy } from "../data/faithful_copy.ts";
import { type SerializedError, serializeError } from "../data/serialized_error.ts";
import { afterFailure, type Aftermath } from "./after_failure.ts";
import type { Expire, Fail, Rules } from "./command.ts";
import type { Decision } from "./decision.ts";
import { factsOfAttempt, factsOfWait, policyOf } from "./failure_facts.ts";
import { followedBy } from "./followed_by.ts";
import { type LiveActivation, waitsOf } from "./job.ts";
import type { Activation, JobEvent, Wait } from "./job_event.ts";
import { Router } from "./routing.ts";

/**
 * Decides the consequence of a failed attempt.
 *
 * @param decision The decision, which collects the JobEvents.
 * @param live The activation whose attempt failed.
 * @param cause The failure.
 * @param rules The rules of the flow.
 * @returns The JobEvents, in order.
 */
export function decideFailure(
  decision: Decision,
  live: LiveActivation,
  cause: Fail,
  rules: Rules,
): JobEvent[] {
  const { job, at } = decision;
  const { execution } = cause;
  const policy = policyOf(live.activation.routineId, rules);
  const crashed = cause.crashed ? { crashed: true } as const : undefined;
  const facts = factsOfAttempt(live, cause, at, rules);
  const planned = afterFailure(policy, facts, cause.verdict);
  const router = new Router(job, rules.routes, at);
  const then = routeFailure(router, live.activation, cause, planned, at);
  const error = then.error ?? cause.error;
  const failure = { ...decision.about(live), error, execution, ...crashed };
  const queued = then.kind === "stop" ? [] : router.queued;
  switch (then.kind) {
    case "retry": {
      const { kind: _, ...retry } = then;
      decision.add({ type: "activation_retrying", ...failure, ...retry });
      return decision.events;
    }
    case "stop":
      decision.add({ type: "activation_failed", ...failure, handled: false, queued });
      decision.stop("failed", error);
      break;
    case "continue":
      decision.add({ type: "activation_failed", ...failure, handled: true, queued });
      break;
    case "skip":
      decision.add({ type: "activation_skipped", ...failure, queued });
      break;
    default:
      then satisfies never;
  }
  const isExecuting = live.state === "executing" ? 1 : 0;
  return decision.finish(
    job.executing - isExecuting,
    job.live.size - 1 + queued.length + waitsOf(job).size,
  );
}

/**
 * Decides the consequence of a wait whose signal was not sent in time.
 *
 * @param decision The decision, which collects the JobEvents.
 * @param wait The wait.
 * @param cause The failure.
 * @param rules The rules of the flow.
 * @returns The JobEvents, in order.
 */
export function decideExpiry(
  decision: Decision,
  wait: Wait,
  cause: Expire,
  rules: Rules,
): JobEvent[] {
  const { job, at } = decision;
  const { waitId, routineId } = wait;
  const facts = factsOfWait(wait, cause, at, rules);
  const planned = afterFailure(policyOf(routineId, rules), facts, cause.verdict);
  const router = new Router(job, rules.routes, at);
  const then = routeFailure(router, wait, cause, planned, at);
  const error = then.error ?? cause.error;
  const type = "wait_expired";
  const next = decision.next();
  const queued = then.kind === "stop" ? [] : router.queued;
  switch (then.kind) {
    case "retry": {
      const renewed = { ...wait, since: then.dueAt, attempt: wait.attempt + 1 };
      decision.add({ type: "wait_renewed", ...next, wait: renewed });
      return decision.events;
    }
    case "stop":
      decision.add({ type, ...next, waitId, routineId, error, handled: undefined, queued });
      decision.stop("failed", error);
      break;
    case "continue":
    case "skip":
      decision.add({ type, ...next, waitId, routineId, error, handled: then.kind, queued });
      break;
    default:
      then satisfies never;
  }
  return decision.finish(job.executing, job.live.size + queued.length + waitsOf(job).size - 1);
}

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
function routeFailure(
  router: Router,
  { activationId, routineId, slot, payload, transfer }: Failed,
  { error, refusal }: Cause,
  then: Aftermath,
  timestamp: number,
): Aftermath {
  switch (then.kind) {
    case "retry":
    case "stop":
      return then;
    case "continue":
    case "skip":
      break;
    default:
      then satisfies never;
  }
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

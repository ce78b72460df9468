// Bounds the course of a job for a report: the number of its activations, and the parts of errors that are not shown.

import type { SerializedError } from "../data/serialized_error.ts";
import type { JobTrace, TracedActivation } from "../run/job_trace.ts";
import type { PathStep, ReportedJob } from "./run_report.ts";

/** The maximum number of causes of an error, one within the other. */
const MAX_CAUSES = 5;

/** The maximum number of errors within an error, such as the members of an `AggregateError`. */
const MAX_MEMBERS = 5;

/** The maximum number of errors of a job that have their stacks; the numbers of a run have one for each cause. */
const MAX_STACKS = 20;

/**
 * Returns the course of a job with a bounded number of activations: those on its critical path, those that failed, and
 * the longest, in their order.
 */
export function shortTrace(
  trace: JobTrace,
  path: readonly PathStep[],
  maxActivations: number,
): Pick<ReportedJob, "trace" | "omittedActivations"> {
  const { activations } = trace;
  const chosen = chooseActivations(activations, path, maxActivations);
  let stacks = MAX_STACKS;
  const short: Shortener = (error) => error && shortError(error, stacks-- > 0);
  return {
    trace: {
      ...trace,
      error: short(trace.error),
      activations: chosen.map((each) => plainActivation(each, short)),
    },
    omittedActivations: activations.length - chosen.length,
  };
}

function chooseActivations(
  activations: readonly TracedActivation[],
  path: readonly PathStep[],
  maxActivations: number,
): readonly TracedActivation[] {
  if (activations.length <= maxActivations) return activations;
  const onPath = new Set(path.map(({ activationId }) => activationId));
  const rank = (each: TracedActivation) => {
    if (onPath.has(each.activationId)) return 3;
    if (each.error !== undefined) return 2;
    return each.attempts.length > 1 ? 1 : 0;
  };
  const ranked = activations
    .map((each, place) => ({ each, place, rank: rank(each), busy: busyOf(each) }))
    .sort((a, b) => b.rank - a.rank || b.busy - a.busy || a.place - b.place);
  return ranked.slice(0, maxActivations).sort((a, b) => a.place - b.place).map(({ each }) => each);
}

function busyOf({ attempts }: TracedActivation): number {
  return attempts.reduce((sum, { startedAt, endedAt = startedAt }) => sum + endedAt - startedAt, 0);
}

type Shortener = (error: SerializedError | undefined) => SerializedError | undefined;

function plainActivation(
  activation: TracedActivation,
  short: Shortener,
): TracedActivation {
  return {
    ...activation,
    attempts: activation.attempts.map((each) => ({ ...each, error: short(each.error) })),
    error: short(activation.error),
  };
}

/**
 * Returns an error with its name, message, causes and members, without its fields, which may be of any size.
 */
function shortError(
  { name, message, stack, cause, errors, field }: SerializedError,
  hasStack: boolean,
  room = MAX_CAUSES,
): SerializedError {
  const inner = cause !== undefined && "error" in cause && room > 1
    ? shortError(cause.error, hasStack, room - 1)
    : undefined;
  return {
    ...{ name, message },
    ...hasStack && stack !== undefined && { stack },
    ...inner !== undefined && { cause: { error: inner } },
    ...errors !== undefined && room > 1 && {
      // A tree of errors has a number of them that grows fast with its depth.
      errors: errors.slice(0, MAX_MEMBERS).map((one) =>
        shortError(one, hasStack, Math.min(room - 1, 2))
      ),
    },
    ...field !== undefined && { field },
  };
}

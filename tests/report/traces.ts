import type {
  JobTrace,
  TracedActivation,
  TracedAttempt,
  TracedWait,
} from "../../src/run/job_trace.ts";

/** One attempt: when it could begin, began and ended, and how. */
export type Attempted = readonly [
  readyAt: number,
  startedAt: number,
  endedAt: number | undefined,
  outcome?: TracedAttempt["outcome"],
];

/** An activation with the id `a` of the routine `A`, and so on. */
export function activation(
  id: string,
  queuedAt: number,
  attempts: readonly Attempted[],
  more: Partial<TracedActivation> = {},
): TracedActivation {
  const made = attempts.map(([readyAt, startedAt, endedAt, outcome], i): TracedAttempt => ({
    attempt: i + 1,
    workerId: "w1",
    readyAt,
    startedAt,
    endedAt,
    isMeasured: endedAt !== undefined && outcome !== "lost" && outcome !== "left",
    outcome: outcome ?? (endedAt === undefined ? "executing" : "completed"),
    error: undefined,
  }));
  const last = made.at(-1);
  return {
    activationId: id,
    routineId: id.toUpperCase(),
    slot: "in",
    from: undefined,
    event: undefined,
    queuedAt,
    readyAt: last?.readyAt ?? queuedAt,
    endedAt: last?.endedAt,
    outcome: last === undefined ? "queued" : last.endedAt === undefined ? "executing" : "completed",
    attempts: made,
    error: undefined,
    ...more,
  };
}

/** A wait of the activation `by` for a signal. */
export function wait(
  by: string,
  since: number,
  endedAt: number | undefined,
  more: Partial<TracedWait> = {},
): TracedWait {
  return {
    waitId: `${by}/wait`,
    signal: "go",
    routineId: by.toUpperCase(),
    activationId: by,
    since,
    endedAt,
    outcome: endedAt === undefined ? "waiting" : "delivered",
    ...more,
  };
}

/** A job of these activations and waits, which begins at 0 and has ended with the last of them. */
export function traceOfParts(
  activations: readonly TracedActivation[],
  waits: readonly TracedWait[] = [],
  more: Partial<JobTrace> = {},
): JobTrace {
  const ends = [...activations, ...waits].map(({ endedAt }) => endedAt);
  const isOpen = ends.includes(undefined);
  const lastAt = ends.reduce<number>((last, end) => Math.max(last, end ?? 0), 0);
  return {
    jobId: "job",
    flowId: "flow",
    status: isOpen ? "running" : "completed",
    createdAt: 0,
    lastAt,
    endedAt: isOpen ? undefined : lastAt,
    error: undefined,
    activations,
    waits,
    isPartial: false,
    ...more,
  };
}

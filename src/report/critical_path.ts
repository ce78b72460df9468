// The chain of waiting and executing that determined the duration of a job. It is found from its end: the
// activation that ended last waited and executed, and was queued by another one, and so on, back to the start of the
// job. `report_of.ts` calls it for each job in detail.

import type { JobTrace, TracedActivation, TracedAttempt, TracedWait } from "../run/job_trace.ts";
import type { PathStep } from "./run_report.ts";

/**
 * The default of the maximum number of steps, so that a job with a long chain of activations costs no memory without
 * bound.
 */
const MAX_STEPS = 1_000;

/**
 * Returns the critical path of a job: the steps that determined its duration, in order of time. Each step begins at
 * the end of the previous one. The last step ends with the activation, or with the wait for a signal, that ended last,
 * or at the last event of a job that has not ended. The time between the end of an activation and the moment at which
 * the next one was queued counts as waiting of the next one.
 *
 * The path begins when the job was created, or later if the stream is partial or the path is too long.
 *
 * @param trace The course of the job.
 * @param maxSteps The maximum number of steps. The last ones are returned.
 */
export function criticalPath(trace: JobTrace, maxSteps = MAX_STEPS): PathStep[] {
  const path = new PathFromEnd(trace, maxSteps);
  const activations = new Map(trace.activations.map((each) => [each.activationId, each]));
  const waits = Map.groupBy(trace.waits, ({ activationId }) => activationId);

  const { activation: last, wait: lastWait } = lastOf(trace);
  let wait = lastWait;
  let activation = last;
  if (wait !== undefined) {
    path.begin(wait.endedAt);
    path.addWait(wait);
    activation = activations.get(wait.activationId);
  } else if (activation !== undefined) path.begin(activation.endedAt);

  /** The successor of the activation on the path. */
  let next: Subject | undefined = lastWait;
  // Activations are not queued by themselves, but a stream from outside may say so.
  const passed = new Set<TracedActivation>();
  while (activation !== undefined && !passed.has(activation) && path.hasRoom) {
    passed.add(activation);
    if (next !== undefined) path.addUntil(activation.attempts.at(-1)?.endedAt, next);
    path.addActivation(activation);
    const { from, queuedAt }: TracedActivation = activation;
    if (from === undefined) {
      if (trace.isFed) path.addFeed(activation);
      break;
    }
    wait = waits.get(from)?.find(({ endedAt }) => endedAt === queuedAt);
    next = wait ?? activation;
    if (wait !== undefined) path.addWait(wait);
    activation = activations.get(from);
  }
  return path.steps();
}

type Subject = TracedActivation | TracedWait;

/** Gathers the steps of a path from its end to its start. */
class PathFromEnd {
  readonly #trace: JobTrace;
  readonly #maxSteps: number;
  readonly #steps: PathStep[] = [];
  /** The start of the step that was added last. */
  #at = Infinity;

  constructor(trace: JobTrace, maxSteps: number) {
    this.#trace = trace;
    this.#maxSteps = maxSteps;
  }

  get hasRoom(): boolean {
    return this.#at > this.#trace.createdAt && this.#steps.length < this.#maxSteps;
  }

  /** @param end The end of the path; `undefined` if that has not come. */
  begin(end: number | undefined): void {
    const { lastAt, endedAt = lastAt } = this.#trace;
    this.#at = Math.min(end ?? endedAt, endedAt);
  }

  /** Adds the time from the end of an activation to the moment at which its successor was queued, or its wait began. */
  addUntil(end: number | undefined, next: Subject): void {
    if (end === undefined) return;
    const first = this.#steps.at(-1);
    const isOfNext = first?.activationId === next.activationId;
    const attempt = isOfNext ? first.attempt : 0;
    if ("waitId" in next) this.#add("signal", next, 0, end);
    else this.#add(isOfNext && first.kind === "delayed" ? "delayed" : "queued", next, attempt, end);
  }

  /** Adds the executions of an activation, and its waits for them. */
  addActivation(activation: TracedActivation): void {
    const { attempts, endedAt, queuedAt, readyAt } = activation;
    const last = attempts.at(-1);
    // It waited for an attempt that has not begun: after its last one, or since it was queued.
    if (last === undefined) {
      this.#add("queued", activation, 0, readyAt);
      this.#add("delayed", activation, 0, queuedAt);
    } else if (last.endedAt !== undefined && last.endedAt !== endedAt) {
      this.#add("queued", activation, last.attempt, Math.max(readyAt, last.endedAt));
      this.#add(waitAfter(last), activation, last.attempt, last.endedAt);
    }
    for (let i = attempts.length - 1; i >= 0; i--) {
      const attempt = attempts[i] as TracedAttempt;
      const before = attempts[i - 1];
      const { attempt: number, readyAt, startedAt } = attempt;
      this.#add("executing", activation, number, startedAt);
      this.#add("queued", activation, number, Math.min(readyAt, startedAt));
      if (before === undefined) this.#add("delayed", activation, number, queuedAt);
      else this.#add(waitAfter(before), activation, number, before.endedAt ?? readyAt);
    }
  }

  /** Adds the time until an item of a feed was queued. */
  addFeed(activation: TracedActivation): void {
    this.#add("feed", activation, 0, this.#trace.createdAt);
  }

  addWait({ routineId, activationId, since }: TracedWait): void {
    this.#add("signal", { routineId, activationId }, 0, since);
  }

  /** Returns the steps in order of time. */
  steps(): PathStep[] {
    return this.#steps.slice(0, this.#maxSteps).reverse();
  }

  /** Adds a step that ends where the previous one begins. Steps without a duration are executions alone. */
  #add(
    kind: PathStep["kind"],
    { routineId, activationId }: Pick<TracedActivation, "routineId" | "activationId">,
    attempt: number,
    start: number,
  ): void {
    const endedAt = this.#at;
    const startedAt = Math.max(this.#trace.createdAt, Math.min(start, endedAt));
    if (startedAt >= endedAt && (kind !== "executing" || start !== startedAt)) return;
    const step = { kind, routineId, activationId, attempt, startedAt, endedAt };
    const next = this.#steps.at(-1);
    const isSame = next?.kind === kind && next.activationId === activationId &&
      next.attempt === attempt;
    if (isSame) this.#steps[this.#steps.length - 1] = { ...step, endedAt: next.endedAt };
    else this.#steps.push(step);
    this.#at = startedAt;
  }
}

/**
 * Returns the kind of wait after an attempt: for the delay of the next one, or for a worker if the attempt was only
 * interrupted.
 */
function waitAfter({ outcome }: TracedAttempt): PathStep["kind"] {
  return outcome === "lost" || outcome === "left" ? "queued" : "delayed";
}

/** The end of a path: one of the two. */
interface Last {
  readonly activation: TracedActivation | undefined;
  readonly wait: TracedWait | undefined;
}

/** Finds the activation, or the wait for a signal, that ended last; those that are open end after all others. */
function lastOf(trace: JobTrace): Last {
  const { activations, waits } = trace;
  // A job that fails drops its queued activations and its waits at the same moment; they are not the reason.
  if (trace.status !== "failed" || !hasReason(trace)) return laterOf(activations, waits);
  return laterOf(
    activations.filter(isExecutedToEnd),
    waits.filter(({ outcome }) => outcome !== "dropped"),
  );
}

function laterOf(activations: readonly TracedActivation[], waits: readonly TracedWait[]): Last {
  const [activation, wait] = [latest(activations), latest(waits)];
  if (activation === undefined || wait === undefined) return { activation, wait };
  return endOf(wait) > endOf(activation)
    ? { activation: undefined, wait }
    : { activation, wait: undefined };
}

/** Checks whether a job failed by one of its activations or waits, and not as a whole, such as by its timeout. */
function hasReason({ activations, waits, error }: JobTrace): boolean {
  return activations.some((each) =>
    each.outcome === "failed" && isExecutedToEnd(each) && each.error?.name === error?.name &&
    each.error?.message === error?.message
  ) || waits.some(({ outcome }) => outcome === "expired");
}

function isExecutedToEnd({ attempts, endedAt }: TracedActivation): boolean {
  const last = attempts.at(-1);
  return last !== undefined && (last.endedAt === undefined || last.endedAt === endedAt);
}

function latest<Ended extends { readonly endedAt: number | undefined }>(
  all: readonly Ended[],
): Ended | undefined {
  return all.reduce<Ended | undefined>(
    (latest, each) => latest === undefined || endOf(each) > endOf(latest) ? each : latest,
    undefined,
  );
}

function endOf({ endedAt }: { readonly endedAt: number | undefined }): number {
  return endedAt ?? Infinity;
}

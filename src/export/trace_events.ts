// The events of a Chrome trace, as the Trace Event Format defines them. Each flow is three processes in a viewer: its
// jobs, its workers with a thread for each, and what waits. `chrome_trace.ts` writes them down.

import type { SerializedError } from "../data/serialized_error.ts";
import type { JobTrace } from "../run/job_trace.ts";
import { type Slice, slicesOf, threadsOf } from "./trace_slices.ts";
import { arrowsOf } from "./trace_arrows.ts";
import { traceTime } from "./trace_time.ts";
import { waitsOf } from "./trace_waits.ts";

/** A process of the viewer. */
const PROCESSES = ["jobs", "workers", "waiting"] as const;

/**
 * Yields the events of jobs.
 *
 * @param jobs The jobs, of any flows.
 * @param origin The start of the run, in epoch milliseconds.
 * @param now The time up to which what has not ended is drawn, in epoch milliseconds; by default, that of the last
 * event of its job.
 */
export function* traceEvents(
  jobs: readonly JobTrace[],
  origin: number,
  now: number | undefined,
): Generator<TraceEvent, void, undefined> {
  const ids = counter();
  for (const [index, [flowId, ownJobs]] of [...Map.groupBy(jobs, flowIdOf)].entries()) {
    const pid = (name: typeof PROCESSES[number]) =>
      index * PROCESSES.length + PROCESSES.indexOf(name) + 1;
    // A job whose first events are missing has lost the id of its flow.
    const prefix = flowId === "" ? "" : `${flowId}: `;
    for (const name of PROCESSES) yield* named("process", pid(name), 0, prefix + name);

    const slices = slicesOf(ownJobs, origin, now);
    const threads = threadsOf(slices.flat());
    for (const { tid, name } of threads.list) yield* named("thread", pid("workers"), tid, name);
    // Before their arrows: a viewer looks for the slice of an arrow among those that it knows.
    for (const slice of slices.flat()) yield executed(slice, pid("workers"), threads.tidOf(slice));

    for (const [at, job] of ownJobs.entries()) {
      yield* asynchronous({
        pid: pid("jobs"),
        id: ids(),
        cat: "job",
        name: job.jobId,
        start: traceTime(job.createdAt, origin),
        end: traceTime(job.endedAt ?? Math.max(job.lastAt, now ?? -Infinity), origin),
        args: { status: job.status, ...errorArg(job.error) },
      });
      for (const { from, to, name, start, end } of arrowsOf(job, slices[at] ?? [], origin)) {
        const arrow = { name, cat: "emit", id: ids(), pid: pid("workers") };
        yield { ph: "s", ...arrow, tid: threads.tidOf(from), ts: start };
        yield { ph: "f", bp: "e", ...arrow, tid: threads.tidOf(to), ts: end };
      }
      for (const wait of waitsOf(job, origin, now)) {
        yield* asynchronous({ pid: pid("waiting"), id: ids(), ...wait });
      }
    }
  }
}

/** An event of the Trace Event Format. */
export interface TraceEvent {
  /** The phase: `M` metadata, `X` a complete event, `b` and `e` an asynchronous one, `s` and `f` an arrow. */
  readonly ph: "M" | "X" | "b" | "e" | "s" | "f";
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** The time, in microseconds since the start of the run. */
  readonly ts?: number;
  /** The length of a complete event, in microseconds. */
  readonly dur?: number;
  readonly cat?: string;
  /** The number that the two events of a pair have in common. */
  readonly id?: number;
  /** `e` if an arrow ends at the slice around its time, and not at the next one. */
  readonly bp?: "e";
  /** One of the names of colours of the viewer. */
  readonly cname?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** The names of colours for attempts that did not complete. */
const COLORS: Readonly<Record<string, string | undefined>> = {
  failed: "terrible",
  skipped: "terrible",
  lost: "terrible",
  retried: "bad",
  cancelled: "grey",
  left: "grey",
};

function executed({ job, activation, attempt, start, end }: Slice, pid: number, tid: number) {
  const color = COLORS[attempt.outcome];
  return {
    ph: "X",
    name: activation.routineId,
    cat: "attempt",
    pid,
    tid,
    ts: start,
    dur: end - start,
    ...color !== undefined && { cname: color },
    args: {
      job: job.jobId,
      activation: activation.activationId,
      slot: activation.slot,
      attempt: attempt.attempt,
      outcome: attempt.outcome,
      ...errorArg(attempt.error),
    },
  } as const;
}

function* asynchronous(
  { start, end, args, ...common }: Pick<TraceEvent, "pid" | "name"> & {
    readonly id: number;
    readonly cat: string;
    readonly start: number;
    readonly end: number;
    readonly args: Readonly<Record<string, unknown>>;
  },
): Generator<TraceEvent> {
  yield { ph: "b", ...common, tid: 0, ts: start, args };
  yield { ph: "e", ...common, tid: 0, ts: Math.max(start, end) };
}

function* named(
  what: "process" | "thread",
  pid: number,
  tid: number,
  name: string,
): Generator<TraceEvent> {
  yield { ph: "M", name: `${what}_name`, pid, tid, args: { name } };
  const order = what === "process" ? pid : tid;
  yield { ph: "M", name: `${what}_sort_index`, pid, tid, args: { sort_index: order } };
}

function errorArg(error: SerializedError | undefined): { error?: string } {
  return error === undefined ? {} : { error: `${error.name}: ${error.message}` };
}

function flowIdOf({ flowId }: JobTrace): string {
  return flowId;
}

function counter(): () => number {
  let last = 0;
  return () => ++last;
}

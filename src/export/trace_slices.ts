import type { JobTrace, TracedActivation, TracedAttempt } from "../run/job_trace.ts";
import { lanesOf } from "./trace_lanes.ts";
import { TICK, traceTime } from "./trace_time.ts";

/** The execution of an attempt on the time line of a trace. Times are microseconds since the start of the run. */
export interface Slice {
  readonly job: JobTrace;
  readonly activation: TracedActivation;
  readonly attempt: TracedAttempt;
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the executions of each job. An execution has a length, as arrows can only be attached to slices with one.
 */
export function slicesOf(
  jobs: readonly JobTrace[],
  origin: number,
  now: number | undefined,
): Slice[][] {
  return jobs.map((job) =>
    job.activations.flatMap((activation) =>
      activation.attempts.map((attempt) => {
        const start = traceTime(attempt.startedAt, origin);
        const until = attempt.endedAt ?? now ?? job.lastAt;
        const end = Math.max(start + TICK, traceTime(until, origin));
        return { job, activation, attempt, start, end };
      })
    )
  );
}

/** The threads of a trace. */
export interface Threads {
  readonly list: readonly { readonly tid: number; readonly name: string }[];
  tidOf(slice: Slice): number;
}

/** Assigns the executions to threads: one for each worker, and more for those that overlap on it. */
export function threadsOf(slices: readonly Slice[]): Threads {
  const list: { tid: number; name: string }[] = [];
  const tids = new Map<Slice, number>();
  const byWorker = Map.groupBy(slices, ({ attempt }) => attempt.workerId);
  const workers = [...byWorker].sort(([one], [other]) => byNumbers.compare(one, other));
  for (const [workerId, own] of workers) {
    const sorted = own.toSorted((one, other) => one.start - other.start);
    const first = list.length + 1;
    for (const [index, lane] of lanesOf(sorted).entries()) {
      const tid = first + lane;
      if (tid > list.length) {
        list.push({ tid, name: lane === 0 ? workerId : `${workerId} (${lane + 1})` });
      }
      const slice = sorted[index];
      if (slice !== undefined) tids.set(slice, tid);
    }
  }
  return { list, tidOf: (slice) => tids.get(slice) ?? 0 };
}

/** Sorts `w2` before `w10`. */
const byNumbers = new Intl.Collator("en", { numeric: true });

import { Flow, type FlowOptions, type JobEvent, type JobState } from "@millrace/flow";
import type { WorkerPool } from "@millrace/flow/pool";
import type { Routines } from "@millrace/flow/types";
import { now } from "../../src/data/clock.ts";
import { parcelOf } from "./behaviour.ts";
import { Gauge } from "./gauge.ts";
import { jobId, type Plan, routineId } from "./plan.ts";
import { step } from "./routines.ts";

/** Something done to a job from outside, once `after` JobEvents have been seen. */
export interface Disturbance {
  readonly after: number;
  readonly job: number;
  readonly what: "cancel" | "pause";
}

/** The result of a plan on real workers. */
export interface Ran {
  readonly jobs: readonly JobState[];
  /** Every JobEvent of the flow, as its listeners saw them. */
  readonly events: readonly JobEvent[];
  /** The greatest number of handlers inside at once, counted in shared memory. */
  readonly greatest: number;
  /** The time on the host before the first start and after the last end. */
  readonly window: readonly [number, number];
}

/** A flow as planned, on a pool that stays open; all that executes is counted by the gauges. */
export function flowOf(
  { routines, wires, limit, workers }: Plan,
  pool: WorkerPool,
  gauges: readonly Gauge[] = [],
  options: FlowOptions = {},
) {
  // As many as workers are the default.
  const concurrency = limit === workers ? {} : { concurrency: limit };
  const flow = new Flow<Routines>({
    ...{ id: "generated", maxWorkers: workers, pool },
    ...concurrency,
    ...options,
  });
  const config = { gauges: gauges.map(({ memory }) => memory) };
  routines.forEach(({ policy, ...behaviour }, i) => {
    flow.add(routineId(i), step, { config: { ...behaviour, ...config }, ...policy });
  });
  for (const { from, event, to, slot } of wires) {
    flow.connect(`${routineId(from)}.${event}`, `${routineId(to)}.${slot}`);
  }
  return flow;
}

/**
 * Runs all jobs of a plan at once and waits for their ends.
 *
 * @param others More gauges that count what executes.
 */
export async function runPlan(
  plan: Plan,
  pool: WorkerPool,
  disturbances: readonly Disturbance[] = [],
  others: readonly Gauge[] = [],
  options: FlowOptions = {},
): Promise<Ran> {
  const gauge = new Gauge();
  await using flow = flowOf(plan, pool, [gauge, ...others], options);
  const events: JobEvent[] = [];
  let isOver = false;
  const disturbed: (Promise<void> | void)[] = [];
  const listening = (async () => {
    for await (const event of flow.events()) {
      events.push(event);
      const due = disturbances.filter(({ after }) => after === events.length && !isOver);
      for (const disturbance of due) disturbed.push(disturb(flow, plan, disturbance));
    }
  })();
  const begin = now();
  const jobs = plan.jobs.map(({ routine, slot, budget, tag }, i) => {
    return flow.start(`${routineId(routine)}.${slot}`, parcelOf(budget, tag), { jobId: jobId(i) });
  });
  await Promise.all(jobs.map((job) => job.waitForCompletion({ timeout: 60_000 })));
  const end = now();
  isOver = true;
  await Promise.all(disturbed);
  await flow.close();
  await listening;
  return { jobs, events, greatest: gauge.greatest, window: [begin, end] };
}

function disturb(
  flow: Flow<Routines>,
  { jobs }: Plan,
  { job, what }: Disturbance,
): Promise<void> | void {
  const id = jobId(job % jobs.length);
  if (what === "cancel") return void flow.cancel(id, "disturbed");
  flow.pause(id);
  // Some time later, when it may have ended.
  return new Promise((resolve) => {
    setTimeout(() => resolve(flow.resume(id)), 1);
  });
}

import { dies, early, emissions, fails, type Parcel, parcelOf } from "./behaviour.ts";
import { type JobPlan, type Plan, routineId, type RoutinePlan } from "./plan.ts";

/** The outcome of a job that nobody cancels, in whatever order its activations execute. */
export interface Expectation {
  outcome: "completed" | "failed";
  /** The ends of the activations; of a job that fails, only that `failed` is not 0 is sure. */
  completed: number;
  failed: number;
  skipped: number;
  retries: number;
  /** The tags of the parcels, once for each commit that they led to, in order of size. */
  tags: number[];
  /** The number of parcels that led nowhere. */
  unrouted: number;
}

/** Works out a job by hand: one activation after the other, without a state or a schedule. */
export function expectationOf({ routines, wires }: Plan, job: JobPlan): Expectation {
  const waiting = [{ at: job.routine, slot: job.slot, parcel: parcelOf(job.budget, job.tag) }];
  const expected: Expectation = {
    outcome: "completed",
    completed: 0,
    failed: 0,
    skipped: 0,
    retries: 0,
    tags: [],
    unrouted: 0,
  };
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { at, slot, parcel } = next;
    const behaviour = routines[at];
    if (behaviour === undefined) throw new RangeError(`there is no routine ${at}`);
    const { end, retries } = endOf(behaviour, parcel);
    const all = emissions(behaviour, routineId(at), slot, parcel);
    expected.retries += retries;
    if (end === "stop") {
      expected.outcome = "failed";
      expected.failed++;
    } else expected[end]++;
    if (behaviour.flushes) expected.tags.push(parcel.tag);
    if (end === "completed") expected.tags.push(parcel.tag);
    for (const { event, parcel } of end === "completed" ? all : early(behaviour, all)) {
      const targets = wires.filter((wire) => wire.from === at && wire.event === event);
      if (targets.length === 0) expected.unrouted++;
      for (const { to, slot } of targets) waiting.push({ at: to, slot, parcel });
    }
  }
  expected.tags.sort((a, b) => a - b);
  return expected;
}

/** The default of a flow. */
const MAX_CRASHES = 3;

type End = "completed" | "stop" | "failed" | "skipped";

/** Returns the end of an activation after all its attempts. */
function endOf(behaviour: RoutinePlan, parcel: Parcel): { end: End; retries: number } {
  const { onError } = behaviour.policy;
  const retry = typeof onError === "object" && onError.strategy === "retry" ? onError : undefined;
  let retries = 0;
  let crashes = 0;
  while (fails(behaviour, parcel, retries + 1) || dies(behaviour, parcel, retries + 1)) {
    if (dies(behaviour, parcel, retries + 1)) crashes++;
    const isLast = retries === (retry?.maxRetries ?? 0) || crashes === MAX_CRASHES;
    if (isLast) return { end: lastEnd(behaviour), retries };
    retries++;
  }
  return { end: "completed", retries };
}

function lastEnd({ policy: { onError = "stop", critical, optional } }: RoutinePlan): End {
  if (critical) return "stop";
  const last = typeof onError === "object" && onError.strategy === "retry" ? onError.then : onError;
  if (last === "skip") return "skipped";
  return last === "continue" || optional ? "failed" : "stop";
}

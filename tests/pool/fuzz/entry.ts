import type { JobState } from "@millrace/flow";
import { type Kind, KINDS } from "./kinds.ts";
import type { End } from "./oracle.ts";
import type { Plan, TaskPlan } from "./plan.ts";
import type { WatchedTask } from "./watched_task.ts";

/** A task as the round follows it. */
export interface Entry {
  readonly plan: TaskPlan;
  readonly kind: Kind;
  readonly ended: PromiseWithResolvers<void>;
  /** The task, if it comes from a source of the test. */
  task?: WatchedTask;
  /** The job, if it comes from the flow. */
  job?: JobState;
  /** Stops it, once it has been added. */
  stop?: (reason: Error) => void;
  end?: End;
  isStopped: boolean;
}

/** The entries of a plan. */
export function entriesOf({ tasks }: Plan): Entry[] {
  return tasks.map((plan) => ({
    plan,
    kind: KINDS[plan.kind] as Kind,
    ended: Promise.withResolvers(),
    isStopped: false,
  }));
}

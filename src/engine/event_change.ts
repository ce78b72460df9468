// Describes the change that each type of JobEvent makes. The engine's queues, the deadlines, the history, a
// rerun and the progress that a store lists use the description; `apply.ts` folds the event itself.

import type { JobStatus } from "./job.ts";
import type { Activation, Execution, JobEvent, Wait } from "./job_event.ts";

/** The change that a JobEvent makes to its job. An absent field is no change. */
export interface EventChange {
  /** The activations that it queues, or holds back. */
  readonly queued?: readonly Activation[];
  /** The activation whose attempt it begins. */
  readonly begun?: string;
  /** The activation whose next attempt waits for a time. */
  readonly retrying?: string;
  /** The activation that it ends. */
  readonly ended?: string;
  /** The attempt that it ends. */
  readonly execution?: Execution | undefined;
  /** The waits that it opens, or renews. */
  readonly waits?: readonly Wait[] | undefined;
  /** The wait that it closes. */
  readonly waitEnded?: string;
  /** The change to the job as a whole. */
  readonly job?:
    | "started"
    | "paused"
    | "resumed"
    /** Executing activations are queued again. */
    | "requeued"
    /** A period is excluded from its clocks. */
    | "stalled"
    /** Queued activations are dropped. */
    | "stopping"
    | "ended";
  /**
   * The status of the job from now on: `"begun"` is running for one that was pending, and `"resumed"`
   * running for one that has begun.
   */
  readonly status?: JobStatus | "begun" | "resumed";
}

type Only<E, Type> = E extends { readonly type: infer Own } ? Type extends Own ? E : never : never;
type EventOf<Type> = Type extends unknown ? Only<JobEvent, Type> : never;

const NO_CHANGE: EventChange = {};

const CHANGES: {
  readonly [Type in JobEvent["type"]]: (event: EventOf<Type>) => EventChange;
} = {
  job_started: ({ activation, at }) => ({
    queued: [activation],
    job: "started",
    ...(activation.dueAt === undefined || activation.dueAt <= at) && { status: "running" },
  }),
  activation_started: ({ activationId }) => ({ begun: activationId, status: "begun" }),
  activation_progressed: () => NO_CHANGE,
  activation_flushed: ({ queued, waits }) => ({ queued, waits }),
  activation_completed: (event) => ({
    ended: event.activationId,
    execution: event,
    queued: event.queued,
    waits: event.waits,
  }),
  activation_retrying: ({ activationId, execution }) => ({ retrying: activationId, execution }),
  activation_failed: endedOne,
  activation_skipped: endedOne,
  activation_cancelled: ({ activationId, execution }) => ({ ended: activationId, execution }),
  signal_received: () => NO_CHANGE,
  signal_delivered: ({ activation, waitId }) => ({ queued: [activation], waitEnded: waitId }),
  wait_renewed: ({ wait }) => ({ waits: [wait] }),
  wait_expired: ({ waitId, queued }) => ({ waitEnded: waitId, queued }),
  wait_withdrawn: ({ wait }) => ({ waitEnded: wait.waitId }),
  job_paused: () => ({ job: "paused", status: "paused" }),
  job_resumed: () => ({ job: "resumed", status: "resumed" }),
  job_recovered: ({ fresh }) => ({ job: "requeued", ...fresh && { status: "running" } }),
  job_stalled: () => ({ job: "stalled" }),
  job_left: () => ({ job: "requeued" }),
  job_stopping: () => ({ job: "stopping" }),
  job_completed: () => ({ job: "ended", status: "completed" }),
  job_failed: () => ({ job: "ended", status: "failed" }),
  job_cancelled: () => ({ job: "ended", status: "cancelled" }),
};

/** Returns the change that a JobEvent makes to its job. */
export function changeOf(event: JobEvent): EventChange {
  return CHANGES[event.type](event as never);
}

function endedOne(
  { activationId, execution, queued }: EventOf<"activation_failed" | "activation_skipped">,
): EventChange {
  return { ended: activationId, execution, queued };
}

// The table of JobEvents: for each type, the change that it makes, the field that may contain large values,
// and if the history shows it. The engine's queues, the deadlines, the history, a rerun and the stores read
// the table, so a new type needs no code there. `apply.ts` folds the events themselves. A type without an
// entry does not compile.

import type { JobStatus } from "./job.ts";
import type { Activation, Execution, JobEvent, Wait } from "./job_event.ts";

const EVENT_TABLE = {
  job_started: {
    change: ({ activation }) =>
      activation === undefined ? { job: "started" } : { queued: [activation], job: "started" },
    status: ({ activation, at, pending }) =>
      !pending && (activation?.dueAt ?? at) <= at ? "running" : undefined,
    large: "activation",
    inHistory: true,
  },
  activation_started: {
    change: ({ activationId }) => ({ begun: activationId }),
    status: "begun",
    large: undefined,
    inHistory: true,
  },
  activation_progressed: { change: noChange, status: undefined, large: "data", inHistory: false },
  activation_flushed: {
    change: ({ queued, waits }) => ({ queued, waits }),
    status: undefined,
    large: "effects",
    inHistory: true,
  },
  activation_completed: {
    change: (event) => ({
      ended: event.activationId,
      execution: event,
      queued: event.queued,
      waits: event.waits,
    }),
    status: undefined,
    large: "effects",
    inHistory: true,
  },
  activation_retrying: {
    change: ({ activationId, execution }) => ({ retrying: activationId, execution }),
    status: undefined,
    large: undefined,
    inHistory: true,
  },
  activation_failed: { change: endedOne, status: undefined, large: "queued", inHistory: true },
  activation_skipped: { change: endedOne, status: undefined, large: "queued", inHistory: true },
  activation_cancelled: {
    change: ({ activationId, execution }) => ({ ended: activationId, execution }),
    status: undefined,
    large: undefined,
    inHistory: true,
  },
  signal_received: { change: noChange, status: undefined, large: "payload", inHistory: false },
  signal_delivered: {
    change: ({ activation, waitId }) => ({ queued: [activation], waitEnded: waitId }),
    status: undefined,
    large: "activation",
    inHistory: true,
  },
  wait_renewed: {
    change: ({ wait }) => ({ waits: [wait] }),
    status: undefined,
    large: undefined,
    inHistory: true,
  },
  wait_expired: {
    change: ({ waitId, queued }) => ({ waitEnded: waitId, queued }),
    status: undefined,
    large: "queued",
    inHistory: true,
  },
  wait_withdrawn: {
    change: ({ wait }) => ({ waitEnded: wait.waitId }),
    status: undefined,
    large: undefined,
    inHistory: true,
  },
  feed_taken: {
    change: ({ queued }) => ({ queued }),
    status: undefined,
    large: "queued",
    inHistory: true,
  },
  feed_ended: { change: noChange, status: undefined, large: undefined, inHistory: false },
  job_paused: {
    change: () => ({ job: "paused" }),
    status: "paused",
    large: undefined,
    inHistory: false,
  },
  job_resumed: {
    change: () => ({ job: "resumed" }),
    status: "resumed",
    large: undefined,
    inHistory: false,
  },
  job_recovered: {
    change: () => ({ job: "requeued" }),
    status: ({ fresh }) => fresh ? "running" : undefined,
    large: undefined,
    inHistory: true,
  },
  job_stalled: {
    change: () => ({ job: "stalled" }),
    status: undefined,
    large: undefined,
    inHistory: false,
  },
  job_left: {
    change: () => ({ job: "requeued" }),
    status: undefined,
    large: undefined,
    inHistory: true,
  },
  job_stopping: {
    change: () => ({ job: "stopping" }),
    status: undefined,
    large: undefined,
    inHistory: true,
  },
  job_completed: {
    change: () => ({ job: "ended" }),
    status: "completed",
    large: undefined,
    inHistory: false,
  },
  job_failed: {
    change: () => ({ job: "ended" }),
    status: "failed",
    large: undefined,
    inHistory: false,
  },
  job_cancelled: {
    change: () => ({ job: "ended" }),
    status: "cancelled",
    large: undefined,
    inHistory: false,
  },
} as const satisfies { readonly [Type in JobEvent["type"]]: EventEntry<EventOf<Type>> };

/** The properties of a type of JobEvent. */
interface EventEntry<E> {
  /** Returns the change that it makes to its job. */
  readonly change: (event: E) => EventChange;
  /** The status of the job from now on, or a function that returns it; absent for no change. */
  readonly status: StatusChange | undefined | ((event: E) => StatusChange | undefined);
  /** The field that contains values of users, of which a store writes the large ones separately. */
  readonly large: LargeFieldOf<E>;
  /** `true` if it adds records to the history, or changes some. */
  readonly inHistory: boolean;
}

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
}

/**
 * The change to the status of a job: `"begun"` is running for one that was pending, and `"resumed"` running for one
 * that has begun.
 */
export type StatusChange = JobStatus | "begun" | "resumed";

/** Returns the change that a JobEvent makes to the status of its job; `undefined` for none. */
export function statusChangeOf(event: JobEvent): StatusChange | undefined {
  const { status } = EVENT_TABLE[event.type];
  return typeof status === "function" ? status(event as never) : status;
}

/** Returns the change that a JobEvent makes to its job, except to its status. */
export function changeOf(event: JobEvent): EventChange {
  return EVENT_TABLE[event.type].change(event as never);
}

/** The fields of JobEvents that contain values of users, which may be large. */
export type LargeField = "activation" | "payload" | "data" | "effects" | "queued";

/** Returns the field of a JobEvent that contains values of users; `undefined` if it has none. */
export function largeFieldOf({ type }: JobEvent): LargeField | undefined {
  return EVENT_TABLE[type].large;
}

/** The JobEvents with values of users in a certain field. */
export type EventWithLarge<Field extends LargeField> = EventOf<TypeWith<"large", Field>>;

/** The JobEvents from which the history is derived. */
export type EventInHistory = EventOf<TypeWith<"inHistory", true>>;

/** Checks whether a JobEvent adds records to the history, or changes some. */
export function isInHistory(event: JobEvent): event is EventInHistory {
  return EVENT_TABLE[event.type].inHistory;
}

type Only<E, Type> = E extends { readonly type: infer Own } ? Type extends Own ? E : never : never;
type EventOf<Type> = Type extends unknown ? Only<JobEvent, Type> : never;

/**
 * The field that the entry of an event must name. For a commit, `effects` includes `queued`, as payloads that
 * were emitted are stored with their emits.
 */
type LargeFieldOf<E> = "effects" extends keyof E ? "effects"
  : [keyof E & LargeField] extends [never] ? undefined
  : keyof E & LargeField;

/** The types whose entries have a certain value. */
type TypeWith<Key extends "large" | "inHistory", Value> = {
  [Type in JobEvent["type"]]: (typeof EVENT_TABLE)[Type][Key] extends Value ? Type : never;
}[JobEvent["type"]];

function noChange(): EventChange {
  return NO_CHANGE;
}

const NO_CHANGE: EventChange = {};

function endedOne(
  { activationId, execution, queued }: EventOf<"activation_failed" | "activation_skipped">,
): EventChange {
  return { ended: activationId, execution, queued };
}

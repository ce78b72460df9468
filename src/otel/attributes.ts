// The names and values of attributes, which spans and metrics share.

import type { Attributes } from "npm:@opentelemetry/api@1.3.0";

/** The name under which spans and metrics are made. */
export const SCOPE = "@millrace/flow";

/** The attributes of spans and metrics. */
export const ATTRIBUTE = {
  flow: "millrace.flow.id",
  job: "millrace.job.id",
  /** `started`, `recovered` or `rerun`. */
  origin: "millrace.job.origin",
  /** `completed`, `failed`, `cancelled`, `left` or `abandoned`. */
  status: "millrace.job.status",
  routine: "millrace.routine.id",
  slot: "millrace.slot",
  activation: "millrace.activation.id",
  /** The consequence of a failed attempt: `retried`, `failed`, `handled` or `skipped`. */
  outcome: "millrace.failure.outcome",
  attempt: "millrace.attempt.number",
  /** `true` for an attempt that was taken back from a worker before its handler was called. */
  revoked: "millrace.attempt.revoked",
  worker: "millrace.worker.id",
  /** The name of the error, by the conventions of OpenTelemetry. */
  error: "error.type",
} as const;

/** The name of the event of an attempt's span at the time at which its handler was called. */
export const HANDLER_CALLED = "millrace.handler.called";

export type { Attributes };

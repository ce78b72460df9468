/**
 * The types of the events that change a job, and `replay`, which computes the state of a job from its events.
 *
 * @example The state of a job after its first three events
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { type JobEvent, replay } from "@millrace/flow/events";
 * import { fibonacci } from "../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * const job = await flow.execute("fibonacci.n", 5);
 * const events: JobEvent[] = await Array.fromAsync(flow.events({ jobId: job.jobId }));
 * console.log(replay(events.slice(0, 3)).status); // running
 * ```
 *
 * @module
 */

export type * from "../src/engine/job_event.ts";
export { type ExecutingActivation, type FeedState, replay } from "../src/flow/job_state.ts";
export type { OnStatus } from "../src/flow/flow_status.ts";
export type { FlowTrace, TracedFlow, Tracing } from "../src/flow/tracing.ts";
export type { Job, JobFeed, LiveActivation, PendingSignal } from "../src/engine/job.ts";
export type { ExecutionRecord, Span } from "../src/engine/history_of.ts";

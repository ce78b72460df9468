// The trace of a flow as its parts use it: `Dispatcher` and `JobCalls` pass JobEvents, `ActivationTask` asks for
// its span, `TaskBoard` reports attempts that were revoked, and `FlowRunner` opens and closes it. All methods of a
// user's `Tracing` are called here and nowhere else, with their errors caught.

import { toConsole } from "../data/to_console.ts";
import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { ActivationTask, TraceOfAttempts } from "./activation_task.ts";
import type { JobClocks } from "./job_clocks.ts";
import type { FlowTrace, TracedFlow, Tracing } from "./tracing.ts";

/** The trace of a flow, whose errors do not affect the flow. */
export class GuardedTrace implements TraceOfAttempts {
  readonly #trace: FlowTrace | undefined;
  readonly #clocks: JobClocks;
  #hasFailed = false;

  /**
   * Begins the trace of a flow.
   *
   * @param tracing The option of the flow.
   * @param flow The flow.
   * @param clocks The clocks of its jobs.
   */
  constructor(tracing: Tracing, flow: TracedFlow, clocks: JobClocks) {
    this.#clocks = clocks;
    this.#trace = this.#call(() => tracing.open(flow));
  }

  /** Passes on JobEvents that were applied. */
  events(events: readonly JobEvent[]): void {
    for (const event of events) this.#call(() => this.#trace?.event(event));
  }

  traceparentOf({ job, live, attempt }: ActivationTask): string | undefined {
    const at = this.#clocks.now(job);
    const traceparent = this.#call(() =>
      this.#trace?.attempt(job.jobId, live.activation, attempt, at)
    );
    // Anything else might not reach a worker.
    return typeof traceparent === "string" ? traceparent : undefined;
  }

  /** Reports that an attempt was revoked before it began. */
  revoked({ job, activationId }: ActivationTask): void {
    this.#call(() => this.#trace?.revoked(job.jobId, activationId, this.#clocks.now(job)));
  }

  /** Reports that a job was given up, as the store refuses its events. */
  abandoned(job: Job, error: Error): void {
    this.#call(() => this.#trace?.abandoned(job.jobId, error, this.#clocks.now(job)));
  }

  /** Ends the trace. */
  close(): void {
    this.#call(() => this.#trace?.close());
  }

  /** Only the first error is written to the console, as the same one may come with every event. */
  #call<Result>(call: () => Result): Result | undefined {
    try {
      const result = call();
      // Types allow an async function in place of one that returns nothing. Its failure would end the program.
      if (result instanceof Promise) result.catch((error) => this.#failed(error));
      return result;
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  #failed(error: unknown): void {
    if (!this.#hasFailed) toConsole(error);
    this.#hasFailed = true;
  }
}

import type { JobState } from "./job_state.ts";

/**
 * Stops jobs at breakpoints, and lets them go on one activation at a time, to look at a flow while it runs. Breakpoints
 * and stops belong to the process: no JobEvent records them, and a later process does not have them. While a job is
 * stopped, its executing activations go on, and so do its timeouts.
 *
 * @example Stopping a job before its last routine
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 })
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * flow.stepping.setBreakpoint("total");
 * const job = flow.start("fibonacci.n", 20, { jobId: "night" });
 * while (flow.stepping.stopped.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
 * console.log(flow.stepping.stopped[0]?.routineId, job.counts.completed); // total 1
 * flow.stepping.step(job);
 * console.log((await job.waitForCompletion()).status); // completed
 * ```
 */
export interface Stepping {
  /** The routines with a breakpoint. */
  readonly breakpoints: ReadonlySet<string>;
  /** The jobs that are stopped, each with the activation that is next. */
  readonly stopped: readonly StoppedJob[];
  /**
   * Sets or removes a breakpoint: a job stops when an activation of the routine is next in its queue. Jobs that are
   * stopped remain so when the breakpoint is removed.
   *
   * @param routineId The routine.
   * @param isSet `false` to remove the breakpoint. The default is `true`.
   * @throws {InvalidOptionError} If the flow has no such routine.
   */
  setBreakpoint(routineId: string, isSet?: boolean): void;
  /**
   * Lets the next activation of a stopped job begin. The job stops again before the one after it, of any routine.
   *
   * @param job The job or its id.
   * @returns `true` if the job was stopped.
   */
  step(job: string | JobState): boolean;
  /**
   * Lets a stopped job go on to the next breakpoint.
   *
   * @param job The job or its id.
   * @returns `true` if the job was stopped.
   */
  continue(job: string | JobState): boolean;
}

/** A job that is stopped at a breakpoint, or after a step. */
export interface StoppedJob {
  /** The job. */
  readonly jobId: string;
  /** The activation that is next. */
  readonly activationId: string;
  /** Its routine. */
  readonly routineId: string;
}

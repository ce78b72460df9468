// Decides at which activations jobs stop. `Flow` passes the calls of users to it, `ActivationSource` asks it about
// each activation that is next, and `FlowRunner` holds the jobs that it stops.

import { InvalidOptionError } from "../errors/call_errors.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import { isEnd } from "../engine/is_end.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { JobState } from "./job_state.ts";
import type { Stepping, StoppedJob } from "./stepping.ts";

/** The state of a job that is being stepped through. */
type Mode =
  | { readonly name: "stopped"; readonly at: StoppedJob }
  | { readonly name: "stepping" | "armed" | "passing" };

/**
 * The breakpoints of a flow, and the jobs that they have stopped. A job without a mode is free.
 *
 * | mode     | the next activation of the job                | left by                                       |
 * | -------- | --------------------------------------------- | --------------------------------------------- |
 * | free     | begins, or stops the job at a breakpoint      | a breakpoint: stopped                         |
 * | stopped  | waits                                         | step: stepping; continue: passing; its end    |
 * |          |                                               | without a worker: armed                       |
 * | stepping | begins                                        | the begin: armed                              |
 * | armed    | stops the job, whatever its routine           | the stop: stopped                             |
 * | passing  | begins                                        | the begin: free                               |
 */
export class StepControl implements Stepping {
  /** The runner of the flow, once there is one. */
  host: SteppingHost | undefined;
  readonly #flowId: string;
  readonly #routines: ReadonlyMap<string, unknown>;
  readonly #breakpoints = new Set<string>();
  readonly #modes = new Map<string, Mode>();

  /**
   * @param flowId The flow.
   * @param routines The routines of the flow, by id.
   */
  constructor(flowId: string, routines: ReadonlyMap<string, unknown>) {
    this.#flowId = flowId;
    this.#routines = routines;
  }

  get breakpoints(): ReadonlySet<string> {
    return new Set(this.#breakpoints);
  }

  get stopped(): readonly StoppedJob[] {
    return [...this.#modes.values()].flatMap((mode) => mode.name === "stopped" ? [mode.at] : []);
  }

  setBreakpoint(routineId: string, isSet = true): void {
    if (!this.#routines.has(routineId)) {
      const known = [...this.#routines.keys()].map((id) => `"${id}"`).join(", ");
      throw new InvalidOptionError(
        "routineId",
        routineId,
        `a routine of flow "${this.#flowId}": ${known}`,
      );
    }
    if (!isSet) return void this.#breakpoints.delete(routineId);
    this.#breakpoints.add(routineId);
    // Activations that wait at a worker would begin in spite of the breakpoint.
    this.host?.revokeUnbegun();
  }

  step(job: string | JobState): boolean {
    return this.#goOn(job, "stepping");
  }

  continue(job: string | JobState): boolean {
    return this.#goOn(job, "passing");
  }

  /** `true` if an activation may have to stop its job. */
  get isActive(): boolean {
    return this.#modes.size > 0 || this.#breakpoints.size > 0;
  }

  /** Checks whether no activation of a job may begin. */
  isStopped(jobId: string): boolean {
    return this.#modes.get(jobId)?.name === "stopped";
  }

  /** Decides about the next activation of a job: returns `true` if the job stops before it. */
  stops({ jobId }: Job, { activation: { activationId, routineId } }: LiveActivation): boolean {
    if (!this.isActive) return false;
    const name = this.#modes.get(jobId)?.name;
    if (name === "stepping" || name === "passing") return false;
    if (name === undefined && !this.#breakpoints.has(routineId)) return false;
    this.#modes.set(jobId, { name: "stopped", at: { jobId, activationId, routineId } });
    this.host?.hold(jobId);
    return true;
  }

  /** Called when an activation of a job is given to the pool, and was not held back for another reason. */
  begins({ jobId }: Job): void {
    if (this.#modes.size === 0) return;
    const name = this.#modes.get(jobId)?.name;
    if (name === "stepping") this.#modes.set(jobId, { name: "armed" });
    else if (name === "passing") this.#modes.delete(jobId);
  }

  /** Acts on an event of a job: its end, or the end of the activation at which it is stopped. */
  observe(event: JobEvent): void {
    if (this.#modes.size === 0) return;
    const { jobId } = event;
    if (isEnd(event)) return this.forget(jobId);
    const mode = this.#modes.get(jobId);
    if (mode?.name !== "stopped" || event.type === "activation_started") return;
    if (!("activationId" in event) || event.activationId !== mode.at.activationId) return;
    this.#modes.set(jobId, { name: "armed" });
    this.#released(jobId);
  }

  /** Forgets a job that has left the flow. */
  forget(jobId: string): void {
    this.#modes.delete(jobId);
  }

  #goOn(job: string | JobState, name: "stepping" | "passing"): boolean {
    const jobId = typeof job === "string" ? job : job.jobId;
    if (!this.isStopped(jobId)) return false;
    this.#modes.set(jobId, { name });
    this.#released(jobId);
    return true;
  }

  #released(jobId: string): void {
    this.host?.hold(jobId);
    this.host?.wake();
  }
}

/** The part of a flow's runner that stops jobs. */
export interface SteppingHost {
  /** Holds the activations of a job, or releases them, as the job has to stop or may go on. */
  hold(jobId: string): void;
  /** Lets the pool ask for activations again. */
  wake(): void;
  /** Puts the activations of all jobs that no worker has begun back into their queues. */
  revokeUnbegun(): void;
}

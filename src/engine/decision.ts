import type { SerializedError } from "../data/serialized_error.ts";
import type { Job, LiveActivation } from "./job.ts";
import type { ActivationEventBase, JobEvent, JobEventBase } from "./job_event.ts";

/** A decision about a job: its numbered JobEvents, and whether the job ends with them. */
export class Decision {
  readonly events: JobEvent[] = [];
  readonly job: Job;
  readonly at: number;
  #stopping: "failed" | "cancelled" | undefined;
  #seq: number;

  constructor(job: Job, at: number) {
    this.job = job;
    this.at = at;
    this.#seq = job.seq;
    this.#stopping = job.stopping?.outcome;
  }

  /** The number of the next event. */
  nextSeq(): number {
    return ++this.#seq;
  }

  /** The number and time of the next event. */
  next(): JobEventBase {
    return { jobId: this.job.jobId, seq: ++this.#seq, at: this.at };
  }

  /** The number and time of the next event, and the activation that it is about. */
  about({ activation, attempt }: LiveActivation): ActivationEventBase {
    const { activationId, routineId, slot } = activation;
    const { jobId } = this.job;
    return { jobId, seq: ++this.#seq, at: this.at, activationId, routineId, slot, attempt };
  }

  /** Stops the job, if it is not stopping already. */
  stop(outcome: "failed" | "cancelled", error: SerializedError): void {
    if (this.#stopping !== undefined) return;
    this.#stopping = outcome;
    this.events.push({ type: "job_stopping", ...this.next(), outcome, error });
  }

  /**
   * Ends the job if nothing of it is left.
   *
   * @param executing How many activations are executing now.
   * @param left How many activations and waits there are now.
   * @returns The events.
   */
  finish(executing: number, left: number): JobEvent[] {
    if (this.#stopping !== undefined) {
      if (executing === 0) this.events.push({ type: `job_${this.#stopping}`, ...this.next() });
    } else if (left === 0) {
      this.events.push({ type: "job_completed", ...this.next() });
    }
    return this.events;
  }
}

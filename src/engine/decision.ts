import type { SerializedError } from "../data/serialized_error.ts";
import { hasOpenFeed, type Job, type LiveActivation } from "./job.ts";
import type { ActivationEventBase, JobEvent, JobEventBase } from "./job_event.ts";

/** Collects the JobEvents of one decision about a job, and ends the job if nothing of it is left. */
export class Decision {
  readonly job: Job;
  readonly at: number;
  #stopping: "failed" | "cancelled" | undefined;
  #isFed: boolean;
  #seq: number;
  #events: JobEvent[] = [];

  constructor(job: Job, at: number) {
    this.job = job;
    this.at = at;
    this.#seq = job.seq;
    this.#stopping = job.stopping?.outcome;
    this.#isFed = hasOpenFeed(job);
  }

  /** The events so far, in order. */
  get events(): JobEvent[] {
    return this.#events;
  }

  /** Adds an event. */
  add(event: JobEvent): void {
    // A list of one takes one place, whereas pushing to an empty one makes room for sixteen more.
    if (this.#events.length === 0) this.#events = [event];
    else this.#events.push(event);
  }

  /** Returns the number of the next event. */
  nextSeq(): number {
    return ++this.#seq;
  }

  /** Returns the common fields of the next event: job, number and time. */
  next(): JobEventBase {
    return { jobId: this.job.jobId, seq: ++this.#seq, at: this.at };
  }

  /** Returns the common fields of the next event, which is about an activation. */
  about({ activation, attempt }: LiveActivation): ActivationEventBase {
    const { activationId, routineId, slot } = activation;
    const { jobId } = this.job;
    return { jobId, seq: ++this.#seq, at: this.at, activationId, routineId, slot, attempt };
  }

  /** Stops the job, if it is not stopping already. */
  stop(outcome: "failed" | "cancelled", error: SerializedError): void {
    if (this.#stopping !== undefined) return;
    this.#stopping = outcome;
    this.add({ type: "job_stopping", ...this.next(), outcome, error });
  }

  /** Ends the feed of the job. */
  endFeed(): void {
    this.#isFed = false;
    this.add({ type: "feed_ended", ...this.next() });
  }

  /**
   * Adds the event that ends the job, if nothing of the job is left and its feed has ended.
   *
   * @param executing The number of activations that execute after these events.
   * @param left The number of activations and waits that are left after these events.
   * @returns The events.
   */
  finish(executing: number, left: number): JobEvent[] {
    if (this.#stopping !== undefined) {
      if (executing === 0) this.add({ type: `job_${this.#stopping}`, ...this.next() });
    } else if (left === 0 && !this.#isFed) {
      this.add({ type: "job_completed", ...this.next() });
    }
    return this.#events;
  }
}

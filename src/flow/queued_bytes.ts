// The size of the queued payloads of jobs, outside the state of the engine. `Backpressure` asks for it, and passes the
// JobEvents on.

import { valueSize } from "../data/value_size.ts";
import { changeOf, type EventChange } from "../engine/event_table.ts";
import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";

/**
 * Counts the bytes of the queued payloads of jobs. Most jobs never have an emitter that could wait, and most payloads
 * are small. The payloads of a job are therefore measured only when its size is first asked for, from then on each
 * when it is queued, and only large ones are remembered.
 */
export class QueuedBytes {
  // Weak, as the size of a job may be asked for after the flow has forgotten the job.
  readonly #counts = new WeakMap<Job, Count>();
  /** `true` once the size of a job was asked for. */
  #isUsed = false;

  /** Returns the size of the queued payloads of a job. Measures all of them the first time. */
  of(job: Job): number {
    this.#isUsed = true;
    return this.#counts.getOrInsertComputed(job, countAll).bytes;
  }

  /** Called after JobEvents were applied to a job. */
  changed(job: Job, events: readonly JobEvent[]): void {
    const count = this.#isUsed ? this.#counts.get(job) : undefined;
    if (count === undefined) return;
    for (const event of events) {
      const { queued = [], begun, retrying, ended, job: whole } = changeOf(event);
      if (whole !== undefined && CONCERNS_QUEUE[whole]) return void this.#counts.delete(job);
      for (const { activationId } of queued) update(count, job, activationId);
      for (const activationId of [begun, retrying, ended]) {
        if (activationId !== undefined) update(count, job, activationId);
      }
    }
  }
}

/** The large payloads among those of one job that are queued. */
interface Count {
  /** The sum of the sizes. */
  bytes: number;
  /** The sizes that were added, by activation. */
  readonly sizes: Map<string, number>;
}

/** Changes to a job as a whole that may queue activations or drop queued ones. */
const CONCERNS_QUEUE: Readonly<Record<NonNullable<EventChange["job"]>, boolean>> = {
  started: true,
  paused: false,
  resumed: true,
  requeued: true,
  stalled: false,
  stopping: true,
  ended: true,
};

function countAll(job: Job): Count {
  const count: Count = { bytes: 0, sizes: new Map() };
  if (job.queued > 0) {
    for (const activationId of job.live.keys()) {
      update(count, job, activationId);
    }
  }
  return count;
}

/**
 * Adds an activation that is queued, or removes one that is not queued any more. Its current state decides, as the job
 * may have changed again since the event.
 */
function update(count: Count, job: Job, activationId: string): void {
  const live = job.live.get(activationId);
  const { sizes } = count;
  const known = sizes.get(activationId);
  if (live?.state === "queued") {
    const size = known === undefined ? valueSize(live.activation.payload) : 0;
    if (size === 0) return;
    sizes.set(activationId, size);
    count.bytes += size;
  } else if (known !== undefined) {
    sizes.delete(activationId);
    count.bytes -= known;
  }
}

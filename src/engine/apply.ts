import { emptyJob, type Job, type LiveActivation } from "./job.ts";
import type { Activation, ActivationCompleted, ActivationFlushed, JobEvent } from "./job_event.ts";

/**
 * Folds one JobEvent into the state of its job, in place. This is the only code that changes a job,
 * so replaying its JobEvents makes an equal one.
 */
export function apply(job: Job, event: JobEvent): void {
  job.events.push(event);
  switch (event.type) {
    case "job_started":
      job.status = "running";
      job.startedAt = event.at;
      return enqueue(job, event.activation);
    case "activation_started":
      return begin(job, event.activationId, event.workerId);
    case "activation_progressed":
      return;
    case "activation_flushed":
      return commit(job, event);
    case "activation_completed":
      end(job, event.activationId);
      job.completed++;
      return commit(job, event);
    case "activation_failed":
      end(job, event.activationId);
      job.failed++;
      return;
    case "activation_cancelled":
      end(job, event.activationId);
      job.cancelled++;
      return;
    case "job_paused":
      job.status = "paused";
      return;
    case "job_resumed":
      job.status = "running";
      return;
    case "job_stopping":
      job.stopping = event;
      job.cancelled += event.dropped.length;
      for (const { activation } of job.queue.drain()) job.live.delete(activation.activationId);
      return;
    case "job_completed":
    case "job_failed":
    case "job_cancelled":
      job.status = event.type.slice("job_".length) as "completed" | "failed" | "cancelled";
      job.endedAt = event.at;
      return;
    default:
      event satisfies never;
  }
}

/**
 * Folds the JobEvents of one job.
 *
 * @param events Its stream, from the first.
 * @returns The job's state.
 * @throws {TypeError} If the stream does not begin with a `job_started`.
 */
export function fold(events: Iterable<JobEvent>): Job {
  let job: Job | undefined;
  for (const event of events) {
    if (job === undefined) {
      if (event.type !== "job_started") {
        throw new TypeError(`A job's stream begins with job_started, not ${event.type}`);
      }
      job = emptyJob(event);
    }
    apply(job, event);
  }
  if (job === undefined) throw new TypeError("The stream of a job is empty");
  return job;
}

function enqueue(job: Job, activation: Activation): void {
  const live: LiveActivation = { activation, attempt: 0, workerId: undefined };
  job.live.set(activation.activationId, live);
  job.queue.push(live);
  job.known++;
}

function begin(job: Job, activationId: string, workerId: string): void {
  const live = job.live.get(activationId);
  if (live === undefined) return;
  if (job.queue.peek() === live) job.queue.shift();
  else job.queue.remove(live);
  live.attempt++;
  live.workerId = workerId;
  job.executing++;
}

function end(job: Job, activationId: string): void {
  const live = job.live.get(activationId);
  if (live === undefined) return;
  job.live.delete(activationId);
  if (live.workerId === undefined) job.queue.remove(live);
  else job.executing--;
}

function commit(job: Job, event: ActivationFlushed | ActivationCompleted): void {
  const { activationId, routineId, effects, queued, unrouted } = event;
  for (const write of effects.sharedData) {
    if (write.deleted) job.sharedData.delete(write.key);
    else job.sharedData.set(write.key, write.value);
  }
  for (const { timestamp, data } of effects.sharedLog) {
    job.sharedLog.push({ timestamp, routineId, activationId, data });
  }
  if (effects.routineState !== undefined) {
    const before = job.routineStates.get(routineId);
    job.routineStates.set(routineId, { ...before, ...effects.routineState });
  }
  for (const activation of queued) enqueue(job, activation);
  job.unrouted += unrouted;
}

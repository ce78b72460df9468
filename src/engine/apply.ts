// Folds JobEvents into the state of a job: the only code that changes one. The engine calls `apply` for each
// event that was decided, stores and `replay` call `fold` for events that are stored.

import { setFields } from "../data/set_fields.ts";
import {
  emptyJob,
  type Job,
  type LiveActivation,
  MAX_ERRORS,
  type RecordedError,
  waitsOf,
} from "./job.ts";
import type {
  Activation,
  ActivationCompleted,
  ActivationFlushed,
  ActivationRetrying,
  ActivationStarted,
  JobEvent,
  JobRecovered,
  Wait,
} from "./job_event.ts";
import { SignalIndex } from "./signal_index.ts";
import { leaveOut, startClocks, stopClocks } from "./stopped_clocks.ts";

/**
 * Folds one JobEvent into the state of its job, in place. This is the only code that changes a job, so
 * replaying its JobEvents produces an equal state.
 */
export function apply(job: Job, event: JobEvent): void {
  job.seq = event.seq;
  job.changedAt = Math.max(job.changedAt ?? event.at, event.at);
  switch (event.type) {
    case "job_started": {
      const { activation, at } = event;
      if (!event.pending && (activation?.dueAt ?? at) <= at) run(job, at);
      return activation && enqueue(job, activation, at);
    }
    case "activation_started":
      if (job.status === "pending") run(job, event.at);
      return begin(job, event);
    case "activation_progressed":
      return;
    case "activation_flushed": {
      const live = job.live.get(event.activationId);
      if (live !== undefined) {
        live.flushes++;
        live.committed = event.committed;
      }
      return commit(job, event);
    }
    case "activation_completed":
      job.completed++;
      commit(job, event);
      // Last, as V8 replaces the memory of a map that becomes empty, which is that of most jobs otherwise.
      return end(job, event.activationId);
    case "activation_retrying":
      return retry(job, event);
    case "activation_failed":
      end(job, event.activationId);
      job.failed++;
      record(job, event);
      return enqueueAll(job, event.queued, event.at);
    case "activation_skipped":
      end(job, event.activationId);
      job.skipped++;
      record(job, event);
      skip(job, event.routineId);
      return enqueueAll(job, event.queued, event.at);
    case "activation_cancelled":
      end(job, event.activationId);
      job.cancelled++;
      return;
    case "signal_received":
      job.signals ??= new Map();
      job.signals.set(event.seq, { signal: event.signal, payload: event.payload });
      SignalIndex.ifUsed(job)?.addSignal(event.seq, event.signal);
      return;
    case "signal_delivered": {
      const index = SignalIndex.of(job);
      const oldest = index.oldestSignal(event.signal);
      if (oldest !== undefined) {
        job.signals?.delete(oldest);
        index.removeSignal(oldest, event.signal);
      }
      endWait(job, event.waitId);
      return enqueue(job, event.activation, event.at);
    }
    case "wait_renewed":
      job.retries++;
      addWait(job, event.wait);
      return;
    case "wait_expired":
      endWait(job, event.waitId);
      record(job, event);
      if (event.handled === "skip") skip(job, event.routineId);
      return enqueueAll(job, event.queued, event.at);
    case "wait_withdrawn":
      endWait(job, event.wait.waitId);
      job.withdrawn = (job.withdrawn ?? 0) + 1;
      return;
    case "feed_taken":
      if (job.feed !== undefined) job.feed.taken = event.taken;
      return enqueueAll(job, event.queued, event.at);
    case "feed_ended":
      return endFeed(job);
    case "job_paused":
      job.status = "paused";
      job.pausedWithFlow = event.withFlow;
      for (const live of job.live.values()) if (live.state === "queued") stopClocks(live, event.at);
      return;
    case "job_resumed":
      if (job.startedAt === undefined) job.status = "pending";
      else job.status = "running";
      for (const live of job.live.values()) {
        if (live.state === "held") release(job, live, event.at);
        else startClocks(live, event.at);
      }
      return;
    case "job_recovered":
      if (event.outage !== undefined) leaveOut(job, event.outage, event.at);
      requeueAll(job, event.at, event.lost);
      if (job.stopping) return drop(job);
      if (event.fresh) renewAll(job, event);
      return;
    case "job_stalled":
      return leaveOut(job, event.outage, event.at);
    case "job_left":
      return requeueAll(job, event.at);
    case "job_stopping":
      job.stopping = { outcome: event.outcome, error: event.error };
      endFeed(job);
      return drop(job);
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
 * @param events The stream of the job, from the first event, or from the one after `snapshot`.
 * @param snapshot The state of the job after the earlier events. It is changed.
 * @returns The state of the job.
 * @throws {TypeError} If the stream does not begin with a `job_started` and there is no snapshot.
 */
export function fold(events: Iterable<JobEvent>, snapshot?: Job): Job {
  let job = snapshot;
  for (const event of events) {
    if (job === undefined) {
      if (event.type !== "job_started") {
        throw new TypeError(`A job's stream begins with job_started, not ${event.type}`);
      }
      job = emptyJob(event);
    }
    if (event.seq > job.seq) apply(job, event);
  }
  if (job === undefined) throw new TypeError("The stream of a job is empty");
  return job;
}

function run(job: Job, at: number): void {
  job.status = "running";
  job.startedAt ??= at;
}

function endFeed({ feed }: Job): void {
  if (feed !== undefined) feed.hasEnded = true;
}

function enqueueAll(job: Job, activations: readonly Activation[], at: number): void {
  for (const activation of activations) enqueue(job, activation, at);
}

function enqueue(job: Job, activation: Activation, at: number): void {
  const { activationId, dueAt = at, held } = activation;
  job.live.set(activationId, {
    activation,
    queuedAt: Math.max(at, dueAt),
    state: held ? "held" : "queued",
    dueAt,
    stoppedAt: job.status === "paused" && !held ? at : undefined,
    attempt: 0,
    retries: 0,
    crashes: 0,
    flushes: 0,
    workerId: undefined,
  });
  job.known++;
  if (!held) job.queued++;
}

function release(job: Job, live: LiveActivation, at: number): void {
  live.state = "queued";
  // It may have a delay as well, which counts from its commit.
  live.dueAt = Math.max(at, live.dueAt);
  live.queuedAt = live.dueAt;
  job.queued++;
}

function begin(job: Job, { activationId, attempt, workerId, at }: ActivationStarted): void {
  const live = job.live.get(activationId);
  if (live === undefined) return;
  startClocks(live, at);
  live.state = "executing";
  live.attempt = attempt;
  live.workerId = workerId;
  job.queued--;
  job.executing++;
}

function retry(job: Job, event: ActivationRetrying): void {
  const { activationId, crashed, at, dueAt, budget } = event;
  job.retries++;
  const live = job.live.get(activationId);
  if (live === undefined) return;
  live.retries++;
  if (budget !== undefined) {
    live.retriesOf ??= new Map();
    live.retriesOf.set(budget, (live.retriesOf.get(budget) ?? 0) + 1);
  }
  if (crashed) live.crashes++;
  requeue(job, live, at, dueAt, live.attempt);
}

function requeue(
  job: Job,
  live: LiveActivation,
  at: number,
  dueAt: number,
  attempt: number,
): void {
  if (live.state === "executing") {
    job.executing--;
    job.queued++;
  }
  live.state = "queued";
  live.dueAt = dueAt;
  live.attempt = attempt;
  live.workerId = undefined;
  if (job.status === "paused") stopClocks(live, at);
}

/**
 * Queues all executing activations again: as the same attempts, unless these were lost with their process.
 */
function requeueAll(job: Job, at: number, lost?: true): void {
  for (const live of job.live.values()) {
    if (live.state !== "executing") continue;
    if (lost) live.crashes++;
    requeue(job, live, at, at, lost ? live.attempt : live.attempt - 1);
  }
}

/**
 * Resets a job for a rerun: the attempts, waits and times of its remaining activations, and its deadline.
 * Releases held activations.
 */
function renewAll(job: Job, { at, deadline = job.deadline }: JobRecovered): void {
  job.deadline = deadline;
  job.status = "running";
  job.startedAt = at;
  job.pausedWithFlow = undefined;
  for (const live of job.live.values()) {
    if (live.state === "held") release(job, live, at);
    if (live.state === "queued") renew(live, at);
  }
  for (const wait of waitsOf(job).values()) addWait(job, { ...wait, since: at, attempt: 1 });
}

function renew(live: LiveActivation, at: number): void {
  live.queuedAt = at;
  live.dueAt = at;
  live.stoppedAt = undefined;
  if (live.committed !== undefined) live.committed = { ...live.committed, isRerun: true };
  live.attempt = 0;
  live.retries = 0;
  delete live.retriesOf;
  live.crashes = 0;
}

function end(job: Job, activationId: string): void {
  const live = job.live.get(activationId);
  if (live === undefined) return;
  job.live.delete(activationId);
  if (live.state === "executing") job.executing--;
  else if (live.state === "queued") job.queued--;
  live.state = "ended";
}

/**
 * Records an error. Drops the oldest errors in batches if there are too many, as that moves the remaining
 * ones.
 */
function record(job: Job, { routineId, error }: RecordedError): void {
  const { errors, maxErrors = MAX_ERRORS } = job;
  if (errors.push({ routineId, error }) > maxErrors * 1.25) {
    errors.splice(0, errors.length - maxErrors);
  }
}

function skip(job: Job, routineId: string): void {
  job.skippedRoutines ??= new Set();
  job.skippedRoutines.add(routineId);
}

function addWait(job: Job, wait: Wait): void {
  job.waits ??= new Map();
  job.waits.set(wait.waitId, wait);
}

function endWait(job: Job, waitId: string): void {
  const wait = job.waits?.get(waitId);
  if (wait === undefined) return;
  job.waits?.delete(waitId);
  SignalIndex.ifUsed(job)?.removeWait(wait);
}

function drop(job: Job): void {
  job.waits?.clear();
  SignalIndex.drop(job);
  for (const [activationId, live] of job.live) {
    if (live.state === "executing") continue;
    job.cancelled++;
    end(job, activationId);
  }
}

function commit(job: Job, event: ActivationFlushed | ActivationCompleted): void {
  const { activationId, routineId, effects, queued, waits, unrouted } = event;
  for (const write of effects.sharedData) {
    if (write.deleted) job.sharedData.delete(write.key);
    else job.sharedData.set(write.key, write.value);
  }
  for (const { timestamp, data } of effects.sharedLog) {
    job.sharedLog.push({ timestamp, routineId, activationId, data });
  }
  if (effects.routineState !== undefined) {
    const states = job.routineStates ??= new Map();
    const before = states.get(routineId);
    // Changed in place, as many patches of one field may have built a large state. The first patch is copied,
    // as it belongs to the event.
    if (before === undefined) states.set(routineId, { ...effects.routineState });
    else setFields(before, effects.routineState);
  }
  enqueueAll(job, queued, event.at);
  if (waits !== undefined) {
    const index = SignalIndex.ifUsed(job);
    for (const wait of waits) {
      addWait(job, wait);
      index?.addWait(wait);
    }
    job.waited += waits.length;
  }
  job.unrouted += unrouted;
}

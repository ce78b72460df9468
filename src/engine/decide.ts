import type { SerializedError } from "../data/serialized_error.ts";
import { renameFields, type Routes } from "../graph/routes.ts";
import type { Effects } from "../routine/effects.ts";
import { hasEnded, type Job, type LiveActivation } from "./job.ts";
import type { Activation, ActivationEventBase, Execution, JobEvent } from "./job_event.ts";

/** What is asked of a job. `at` is the time on the host, in epoch milliseconds. */
export type Command =
  | { readonly type: "begin"; readonly activationId: string; readonly workerId: string }
  | { readonly type: "progress"; readonly activationId: string; readonly data: unknown }
  | { readonly type: "flush"; readonly activationId: string; readonly effects: Effects }
  | {
    readonly type: "complete";
    readonly activationId: string;
    readonly effects: Effects;
    readonly execution: Execution;
  }
  | {
    readonly type: "fail";
    readonly activationId: string;
    readonly error: SerializedError;
    readonly execution: Execution | undefined;
  }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  | { readonly type: "cancel"; readonly error: SerializedError };

/**
 * Decides what a command does to a job, without changing it: (state, command) → JobEvents. A command
 * that comes too late, as the result of an activation that has ended, does nothing.
 *
 * @param job The job as it is.
 * @param command What is asked.
 * @param at The time, in epoch milliseconds.
 * @param routes Where emitted payloads go.
 * @returns What happens, in order.
 */
export function decide(job: Job, command: Command, at: number, routes: Routes): JobEvent[] {
  if (hasEnded(job)) return [];
  const stream = new Stream(job, at);
  switch (command.type) {
    case "pause":
      return job.status === "running" && !job.stopping
        ? [{ type: "job_paused", ...stream.next() }]
        : [];
    case "resume":
      return job.status === "paused" ? [{ type: "job_resumed", ...stream.next() }] : [];
    case "cancel":
      return job.stopping ? [] : stop(job, stream, "cancelled", command.error, job.executing === 0);
  }
  const live = job.live.get(command.activationId);
  if (live === undefined) return [];
  switch (command.type) {
    case "begin":
      return [{
        type: "activation_started",
        ...stream.about(live, live.attempt + 1),
        workerId: command.workerId,
      }];
    case "progress":
      return [{ type: "activation_progressed", ...stream.about(live), data: command.data }];
    case "flush":
      return job.stopping ? [] : [{
        type: "activation_flushed",
        ...stream.about(live),
        effects: command.effects,
        ...route(job, live, command.effects, routes),
      }];
    case "complete":
      return job.stopping
        ? cancelled(job, live, stream, command.execution)
        : complete(job, live, stream, command.effects, command.execution, routes);
    case "fail":
      return job.stopping
        ? cancelled(job, live, stream, command.execution)
        : fail(job, live, stream, command.error, command.execution);
  }
}

function complete(
  job: Job,
  live: LiveActivation,
  stream: Stream,
  effects: Effects,
  { workerId, startedAt, endedAt }: Execution,
  routes: Routes,
): JobEvent[] {
  const routed = route(job, live, effects, routes);
  const completed: JobEvent = {
    type: "activation_completed",
    ...stream.about(live),
    workerId,
    startedAt,
    endedAt,
    effects,
    ...routed,
  };
  const isLast = job.live.size === 1 && routed.queued.length === 0;
  return isLast ? [completed, { type: "job_completed", ...stream.next() }] : [completed];
}

function fail(
  job: Job,
  live: LiveActivation,
  stream: Stream,
  error: SerializedError,
  execution: Execution | undefined,
): JobEvent[] {
  const failed: JobEvent = {
    type: "activation_failed",
    ...stream.about(live),
    error,
    execution,
  };
  const others = job.executing - (live.workerId === undefined ? 0 : 1);
  return [failed, ...stop(job, stream, "failed", error, others === 0)];
}

function stop(
  job: Job,
  stream: Stream,
  outcome: "failed" | "cancelled",
  error: SerializedError,
  isIdle: boolean,
): JobEvent[] {
  const dropped = job.queue.list().map(({ activation }) => activation.activationId);
  const stopping: JobEvent = { type: "job_stopping", ...stream.next(), outcome, error, dropped };
  return isIdle ? [stopping, { type: `job_${outcome}`, ...stream.next() }] : [stopping];
}

/** Whatever became of an activation of a job that stops, it has no effects and is no failure. */
function cancelled(
  job: Job,
  live: LiveActivation,
  stream: Stream,
  execution: Execution | undefined,
): JobEvent[] {
  const ended: JobEvent = { type: "activation_cancelled", ...stream.about(live), execution };
  if (job.live.size > 1 || job.stopping === undefined) return [ended];
  return [ended, { type: `job_${job.stopping.outcome}`, ...stream.next() }];
}

function route(
  job: Job,
  { activation: { activationId: from, routineId } }: LiveActivation,
  effects: Effects,
  routes: Routes,
): { queued: Activation[]; unrouted: number } {
  const queued: Activation[] = [];
  let unrouted = 0;
  for (const { event, payload, transfer } of effects.emits) {
    const targets = routes.from(routineId, event);
    if (targets.length === 0) unrouted++;
    for (const { routineId, slot, map } of targets) {
      queued.push({
        activationId: activationIdOf(job.jobId, job.known + queued.length),
        routineId,
        slot,
        payload: renameFields(payload, map),
        from,
        event,
        // What is moved to one receiver is gone for the next, so several get copies.
        transfer: targets.length === 1 ? transfer : undefined,
      });
    }
  }
  return { queued, unrouted };
}

/** Activations are numbered in the order in which they are queued, so a replay gives the same ids. */
export function activationIdOf(jobId: string, index: number): string {
  return `${jobId}/${index + 1}`;
}

/** Numbers the events that one command leads to. */
class Stream {
  readonly #jobId: string;
  readonly #at: number;
  #seq: number;

  constructor(job: Job, at: number) {
    this.#jobId = job.jobId;
    this.#at = at;
    this.#seq = job.events.length;
  }

  next(): { jobId: string; seq: number; at: number } {
    return { jobId: this.#jobId, seq: ++this.#seq, at: this.#at };
  }

  about(live: LiveActivation, attempt = live.attempt): ActivationEventBase {
    const { activationId, routineId, slot } = live.activation;
    return { ...this.next(), activationId, routineId, slot, attempt };
  }
}

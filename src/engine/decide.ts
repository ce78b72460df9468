// Decides which JobEvents a command leads to, and changes nothing. `Engine` calls it for commands of users,
// ends of tasks, and timers. `command.ts` has the types of the commands, and `decide_failure.ts` decides
// about failures.

import type { SerializedError } from "../data/serialized_error.ts";
import type { Effects } from "../routine/effects.ts";
import type { ActivationCommand, Command, Rules, Withdraw } from "./command.ts";
import { decideExpiry, decideFailure } from "./decide_failure.ts";
import { Decision } from "./decision.ts";
import { hasEnded, hasOpenFeed, type Job, type LiveActivation, waitsOf } from "./job.ts";
import type { ActivationStarted, Commit, Execution, JobEvent, Wait } from "./job_event.ts";
import { lastTimeOf } from "./last_time_of.ts";
import { Router } from "./routing.ts";
import { SignalIndex } from "./signal_index.ts";

/**
 * Returns the JobEvents that a command to a job leads to, without changing the job: (state, command) →
 * JobEvents. A command that is too late, such as the result of an activation that has ended, leads to none.
 * Never calls code of the user, which could change the job meanwhile: the answer of a user's function is part
 * of the command (see `retryQuestion`).
 *
 * @param job The current state of the job.
 * @param command The command.
 * @param at The time, in epoch milliseconds.
 * @param rules The rules of the flow.
 * @returns The JobEvents, in order.
 * @throws {UncloneableValueError} If an emitted payload cannot be copied for each of its receivers.
 */
export function decide(job: Job, command: Command, at: number, rules: Rules): JobEvent[] {
  if (hasEnded(job)) return [];
  if ("activationId" in command) {
    const live = job.live.get(command.activationId);
    return live === undefined ? [] : decideActivation(job, live, command, at, rules);
  }
  const decision = new Decision(job, at);
  switch (command.type) {
    case "pause": {
      const { withFlow } = command;
      // A job that is paused with its flow can also be paused on its own, so that it outlasts the flow's
      // pause.
      const isPaused = job.status === "paused" && (withFlow === true || !job.pausedWithFlow);
      if (isPaused || job.stopping) return [];
      return [{ type: "job_paused", ...decision.next(), ...withFlow && { withFlow } }];
    }
    case "resume":
      if (job.stopping || (job.status !== "paused" && !hasHeld(job))) return [];
      return [{ type: "job_resumed", ...decision.next() }];
    case "recover":
      decision.add({
        type: "job_recovered",
        ...decision.next(),
        ...job.executing > 0 && { lost: true },
        ...outageOf(job, command.aliveAt, at, rules),
      });
      return decision.finish(0, job.live.size + waitsOf(job).size);
    case "stall":
      return rules.countsOutages || command.outage <= 0
        ? []
        : [{ type: "job_stalled", ...decision.next(), outage: command.outage }];
    case "leave":
      return [{ type: "job_left", ...decision.next() }];
    case "stop":
      if (job.stopping) return [];
      decision.stop(command.outcome, command.error);
      return decision.finish(job.executing, 1);
    case "feed":
      return feed(decision, command.payloads, rules);
    case "endFeed":
      if (!hasOpenFeed(job)) return [];
      decision.endFeed();
      return decision.finish(job.executing, job.live.size + waitsOf(job).size);
    case "signal": {
      if (job.stopping) return [];
      const { signal, payload } = command;
      const received = decision.next();
      decision.add({ type: "signal_received", ...received, signal, payload });
      const wait = SignalIndex.of(job).oldestWait(signal);
      if (wait === undefined) return decision.events;
      deliver(decision, new Router(job, rules.routes, at), wait, received.seq, payload);
      return decision.events;
    }
    case "expire": {
      const wait = waitsOf(job).get(command.waitId);
      return wait === undefined ? [] : decideExpiry(decision, wait, command, rules);
    }
    case "withdraw":
      return withdraw(decision, command);
  }
}

function decideActivation(
  job: Job,
  live: LiveActivation,
  command: ActivationCommand,
  at: number,
  rules: Rules,
): JobEvent[] {
  if (command.type === "begin") {
    const { workerId, rated } = command;
    const begun = begin(job, live, workerId, at);
    if (rated === undefined) return [begun];
    return [{ ...begun, counted: { key: rated.key, until: at + rated.per } }];
  }
  const decision = new Decision(job, at);
  switch (command.type) {
    case "progress":
      return [{ type: "activation_progressed", ...decision.about(live), data: command.data }];
    case "flush": {
      if (job.stopping) return [];
      const router = new Router(job, rules.routes, at);
      const commit = commitOf(job, live, command.effects, at, router);
      decision.add({
        type: "activation_flushed",
        ...decision.about(live),
        ...commit,
        ...command.committed !== undefined && { committed: command.committed },
      });
      deliverPending(decision, router, commit.waits);
      return decision.events;
    }
    case "complete":
      return job.stopping
        ? cancelled(decision, live, command.execution)
        : complete(decision, live, command.effects, command.execution, rules);
    case "fail":
      return job.stopping
        ? cancelled(decision, live, command.execution)
        : decideFailure(decision, live, command, rules);
    case "drop":
      return cancelled(decision, live, command.execution, command.error);
  }
}

// The two events that every activation has are built field by field: spreading takes twice as long.

function begin(job: Job, live: LiveActivation, workerId: string, at: number): ActivationStarted {
  const { activationId, routineId, slot } = live.activation;
  return {
    type: "activation_started",
    jobId: job.jobId,
    seq: job.seq + 1,
    at,
    activationId,
    routineId,
    slot,
    attempt: live.attempt + 1,
    workerId,
  };
}

function complete(
  decision: Decision,
  live: LiveActivation,
  effects: Effects,
  { workerId, startedAt, endedAt }: Execution,
  { routes }: Rules,
): JobEvent[] {
  const { job } = decision;
  const router = new Router(job, routes, decision.at);
  const { queued, waits, unrouted } = commitOf(job, live, effects, decision.at, router);
  const { activationId, routineId, slot } = live.activation;
  decision.add({
    type: "activation_completed",
    jobId: job.jobId,
    seq: decision.nextSeq(),
    at: decision.at,
    activationId,
    routineId,
    slot,
    attempt: live.attempt,
    workerId,
    startedAt,
    endedAt,
    effects,
    queued,
    waits,
    unrouted,
  });
  if (waits !== undefined) deliverPending(decision, router, waits);
  const left = job.live.size - 1 + router.queued.length + waitsOf(job).size + (waits?.length ?? 0);
  return decision.finish(job.executing - 1, left);
}

/** Ends an activation that was cancelled. It has no effects and is no failure, whatever its result. */
function cancelled(
  decision: Decision,
  live: LiveActivation,
  execution: Execution | undefined,
  error?: SerializedError,
): JobEvent[] {
  const { job } = decision;
  decision.add({
    type: "activation_cancelled",
    ...decision.about(live),
    execution,
    ...error && { error },
  });
  const isExecuting = live.state === "executing" ? 1 : 0;
  return decision.finish(job.executing - isExecuting, job.live.size - 1 + waitsOf(job).size);
}

/**
 * Ends waits that were withdrawn. That is no failure: the routine's policy is not applied, and nothing is
 * emitted.
 */
function withdraw(decision: Decision, { waitIds, reason }: Withdraw): JobEvent[] {
  const { job } = decision;
  for (const waitId of waitIds) {
    const wait = waitsOf(job).get(waitId);
    if (wait === undefined) continue;
    decision.add({ type: "wait_withdrawn", ...decision.next(), wait, reason });
  }
  const { length } = decision.events;
  if (length === 0) return [];
  return decision.finish(job.executing, job.live.size + waitsOf(job).size - length);
}

/** Queues an activation for each item that was taken. */
function feed(decision: Decision, payloads: readonly unknown[], { routes }: Rules): JobEvent[] {
  const { job } = decision;
  if (job.feed === undefined || !hasOpenFeed(job) || payloads.length === 0) return [];
  const router = new Router(job, routes, decision.at);
  for (const payload of payloads) router.deliver(job.feed, payload, {});
  const taken = job.feed.taken + payloads.length;
  decision.add({ type: "feed_taken", ...decision.next(), queued: router.queued, taken });
  return decision.events;
}

function commitOf(
  job: Job,
  { activation: { activationId, routineId } }: LiveActivation,
  effects: Effects,
  at: number,
  router: Router,
): Commit {
  const { emits } = effects;
  for (let i = 0; i < emits.length; i++) router.emit(activationId, routineId, emits[i]!, i);
  const { queued, unrouted } = router;
  if (effects.waits === undefined) return { effects, queued, unrouted };
  const waits = effects.waits.map((wait, i): Wait => ({
    waitId: `${job.jobId}?${job.waited + i + 1}`,
    ...wait,
    routineId,
    activationId,
    since: at,
    attempt: 1,
  }));
  return { effects, queued: [...queued], waits, unrouted };
}

/** Delivers signals that arrived before the waits for them began. */
function deliverPending(decision: Decision, router: Router, waits: readonly Wait[] = []): void {
  const { job } = decision;
  const { signals } = job;
  if (signals === undefined || signals.size === 0) return;
  const index = SignalIndex.of(job);
  const kept = new Map<string, Iterator<number, undefined>>();
  for (const wait of waits) {
    const { signal } = wait;
    const received = kept.getOrInsertComputed(signal, () => index.signals(signal)).next().value;
    if (received === undefined) continue;
    deliver(decision, router, wait, received, signals.get(received)?.payload);
  }
}

function deliver(
  decision: Decision,
  router: Router,
  wait: Wait,
  received: number,
  payload: unknown,
): void {
  router.deliver(wait, payload, { from: wait.activationId });
  const activation = router.queued.at(-1);
  if (activation === undefined) return;
  const { signal, waitId } = wait;
  const type = "signal_delivered";
  // A snapshot of an older journal does not know the numbers of its signals.
  const known = received > 0 && { received };
  decision.add({ type, ...decision.next(), signal, ...known, waitId, activation });
}

/** Returns the time during which no process ran a job, unless that counts for timeouts. */
function outageOf(job: Job, aliveAt = 0, at: number, rules: Rules): { readonly outage?: number } {
  // An `aliveAt` ahead of the clock is ignored, as the length of the outage cannot be derived from it.
  const outage = at - Math.max(aliveAt <= at ? aliveAt : 0, lastTimeOf(job));
  return rules.countsOutages || outage <= 0 ? {} : { outage };
}

/** Checks whether a job has activations that are held back, which are neither queued nor executing. */
function hasHeld({ live, queued, executing }: Job): boolean {
  return live.size > queued + executing;
}

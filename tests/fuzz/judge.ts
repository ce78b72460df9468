// Finds what is wrong with the jobs of a round, when all of them have ended.

import type { JobEvent, JobState } from "@millrace/flow";
import { replay } from "@millrace/flow/events";
import { equal } from "@std/assert";
import { fold } from "../../src/engine/apply.ts";
import { expectationOf } from "../laws/oracle.ts";
import { greatestOverlap } from "../laws/spans.ts";
import { unitsIn } from "../laws/units.ts";
import type { FuzzedFlow, Treatment } from "./fuzzed_flow.ts";
import { jobsOf, type RoundPlan } from "./round_plan.ts";

/** Everything that is wrong; nothing if all is well. */
export function judge(round: RoundPlan, fuzzed: FuzzedFlow): string[] {
  const faults: string[] = [];
  const spans: { startedAt: number; endedAt: number }[] = [];
  for (const [jobId, treatment] of fuzzed.treatments) {
    const job = fuzzed.flow.job(jobId);
    if (job === undefined) {
      faults.push(`${jobId}: is gone`);
      continue;
    }
    const events = fuzzed.eventsOf(jobId);
    const found = [
      ...streamFaults(events),
      ...replayFaults(job, events, fuzzed),
      ...countFaults(job),
      ...effectFaults(job, typeof jobsOf(round)[treatment.like] === "number"),
      ...outcomeFaults(round, job, events, treatment),
    ];
    faults.push(...found.map((fault) => `${jobId}: ${fault}`));
    if (!jobId.includes("again")) spans.push(...job.spans);
  }
  for (const { jobId, status } of fuzzed.store.jobs()) {
    const job = fuzzed.flow.job(jobId);
    if (job?.status !== status) faults.push(`${jobId}: is listed as ${status}, and ${job?.status}`);
    if (!fuzzed.treatments.has(jobId)) faults.push(`${jobId}: nobody started it`);
  }
  const overlap = greatestOverlap(spans);
  if (overlap > round.plan.limit) {
    faults.push(`${overlap} executed at once, of ${round.plan.limit}`);
  }
  return faults;
}

/** The numbers have no gap, and each activation is queued once and ends once. */
function* streamFaults(events: readonly JobEvent[]): Generator<string> {
  if (!events.every(({ seq }, i) => seq === i + 1)) yield "its JobEvents have a gap";
  const queued = new Set<string>();
  const ended = new Set<string>();
  const expired = new Set<string>();
  const renewed = new Set<string>();
  /** The ends of the delays of emits, without those that a rerun has dropped. */
  const due = new Map<string, number>();
  let isPaused = false;
  let isStopping = false;
  for (const event of events) {
    const activations = "activation" in event && event.activation !== undefined
      ? [event.activation]
      : "queued" in event
      ? event.queued
      : [];
    for (const { activationId, dueAt } of activations) {
      if (queued.has(activationId)) yield `${activationId} was queued twice`;
      queued.add(activationId);
      if (dueAt !== undefined) due.set(activationId, dueAt);
    }
    if (isStopping && "effects" in event) {
      yield `${event.activationId} committed as its job stopped`;
    }
    switch (event.type) {
      case "activation_completed":
      case "activation_failed":
      case "activation_skipped":
      case "activation_cancelled":
        if (ended.has(event.activationId)) yield `${event.activationId} ended twice`;
        ended.add(event.activationId);
        break;
      case "activation_started":
        if (isPaused) yield `${event.activationId} began in a pause`;
        // Clocks are converted, and rounded.
        if (event.at < (due.get(event.activationId) ?? 0) - 0.01) {
          yield `${event.activationId} began before its delay was over`;
        }
        break;
      case "signal_delivered":
        if (expired.has(event.waitId)) yield `${event.waitId} was answered when it had expired`;
        break;
      case "job_paused":
        isPaused = true;
        break;
      case "job_stopping":
        isStopping = true;
        break;
      case "job_resumed":
        isPaused = false;
        break;
      // Its policy tries it again once.
      case "wait_renewed":
        if (renewed.has(event.wait.waitId)) yield `${event.wait.waitId} was renewed twice`;
        renewed.add(event.wait.waitId);
        break;
      case "job_recovered":
        // A rerun has waits and pauses of its own.
        if (!event.fresh) break;
        renewed.clear();
        due.clear();
        isPaused = false;
        break;
      case "wait_expired":
        if (expired.has(event.waitId)) yield `${event.waitId} expired twice`;
        expired.add(event.waitId);
    }
  }
  const ends = events.filter(({ type }) => /^job_(completed|failed|cancelled)$/.test(type));
  if (ends.length !== 1 || ends[0] !== events.at(-1)) yield `it ended ${ends.length} times`;
}

/** Folding the stream, from its beginning or from a snapshot, gives the job. */
function* replayFaults(
  job: JobState,
  events: readonly JobEvent[],
  { store }: FuzzedFlow,
): Generator<string> {
  if (JSON.stringify(replay(events)) !== JSON.stringify(job)) yield "its stream gives another job";
  const snapshot = store.read(job.jobId)?.snapshot;
  if (snapshot === undefined) return;
  const { seq } = snapshot;
  const upTo = fold(events.filter((event) => event.seq <= seq));
  if (!equal(structuredClone(snapshot), structuredClone(upTo))) yield "its snapshot differs";
}

function* countFaults({ counts, executing, waitingFor }: JobState): Generator<string> {
  const { completed, failed, skipped, cancelled, known, queued } = counts;
  if (completed + failed + skipped + cancelled !== known) yield `counts ${JSON.stringify(counts)}`;
  if (queued + counts.executing + executing.length + waitingFor.length > 0) yield "it goes on";
}

/** Effects that commit together are there together, and once. */
function* effectFaults(job: JobState, isAsking: boolean): Generator<string> {
  if (isAsking) {
    const log = job.sharedLog.map(({ data }) => String(data));
    if (log.filter((line) => line === "asked").length > 1) yield "it asked twice";
    if (log.filter((line) => line === "answered").length > 1) yield "it was answered twice";
    if (log.filter((line) => line === "later").length > 1) yield "it was resumed twice";
    if (log.filter((line) => line === "soon").length > 1) yield "it was delivered twice";
    return;
  }
  const { data, log, states, counted } = unitsIn(job);
  if (!equal(data, log) || !equal(data, states)) yield "its units are not whole";
  if (new Set(log).size !== log.length) yield "a unit was committed twice";
  if (counted !== data.length) yield `${data.length} units counted as ${counted}`;
}

function* outcomeFaults(
  { plan, asks }: RoundPlan,
  job: JobState,
  events: readonly JobEvent[],
  { isCut, like }: Treatment,
): Generator<string> {
  if (isCut) return;
  const planned = plan.jobs[like];
  if (planned === undefined) {
    const timeout = asks[like - plan.jobs.length];
    const { answer } = job.sharedData;
    if (job.status !== "completed") yield `it asked and is ${job.status}`;
    if (timeout === 0 && answer === undefined) yield "it was not answered";
    if (!job.sharedLog.some(({ data }) => data === "later")) yield "what was held is not done";
    if (!job.sharedLog.some(({ data }) => data === "soon")) yield "what was delayed is not done";
    return;
  }
  // An attempt that died with its process did not do as planned, and the next one has another number.
  if (events.some((event) => event.type === "job_recovered" && event.lost)) return;
  const { outcome, completed, failed, skipped, tags } = expectationOf(plan, planned);
  if (job.status !== outcome) return void (yield `it is ${job.status}, not ${outcome}`);
  if (outcome === "failed") return;
  const found = job.sharedLog.map(({ data }) => (data as { tag: number }).tag);
  if (!equal(found.sort((a, b) => a - b), tags)) {
    yield `it committed ${found.length} units, not the ${tags.length} expected`;
  }
  const { counts } = job;
  if (counts.completed !== completed || counts.failed !== failed || counts.skipped !== skipped) {
    yield `counts ${JSON.stringify(counts)}, not ${JSON.stringify({ completed, failed, skipped })}`;
  }
}

import type { JobEvent } from "@millrace/flow";
import { SqliteStore } from "@millrace/flow/sqlite";
import { assert, assertEquals } from "@std/assert";
import { fold } from "../../src/engine/apply.ts";
import { Folder } from "../store/folder.ts";
import type { Orders } from "./child.ts";
import { crashFlow, JOBS, startJobs } from "./crash_flow.ts";
import { readDiary } from "./diary.ts";
import { type Doom, runDoomed } from "./doomed_process.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { Random } from "./random.ts";

/** The result of a campaign. */
export interface Report {
  /** The number of processes that were killed before they were done. */
  readonly kills: number;
  /** The number of activations that were begun by one process and again by a later one. */
  readonly repeated: number;
}

/** The longest life of a process: milliseconds from its start, or commits and milliseconds. */
const STARTING_MS = 250, COMMITS = 30, WORKING_MS = 8;

/**
 * Runs jobs in processes that are killed until the jobs have ended all the same, and compares their
 * outcome with that of an undisturbed run.
 *
 * @param seed Decides the work of the jobs and the times at which processes are killed.
 * @param maxKills The number of kills after which the next process is let live.
 * @throws {AssertionError} At the first difference.
 */
export async function runCampaign(seed: number, maxKills = Infinity): Promise<Report> {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const random = new Random(seed);
  const committed = new Set<string>();
  const begun = new Set<string>();
  let [kills, repeated] = [0, 0];
  for (let isDone = false; !isDone;) {
    const orders: Orders = {
      path,
      diary: folder.path(`diary_${kills}`),
      seed,
      synchronous: random.integer(2) === 0 ? "normal" : "full",
      snapshots: 1 + random.integer(10),
    };
    isDone = await runDoomed(orders, kills < maxKills ? doom(random) : undefined);
    if (!isDone) kills++;

    const streams = readStreams(path);
    const flushes = countFlushes(streams);
    for (const { activationId, what } of readDiary(orders.diary)) {
      if (what === "run") {
        assert(!committed.has(activationId), `${activationId} had committed and ran again`);
        if (begun.has(activationId)) repeated++;
        begun.add(activationId);
      } else {
        const acknowledged = Number(what.slice("flush ".length));
        const kept = flushes.get(activationId) ?? 0;
        assert(kept >= acknowledged, `${activationId}: flush ${acknowledged} is not kept`);
      }
    }
    for (const events of streams.values()) checkStream(events, committed);
  }
  assertEquals(outcomesOf(readStreams(path)), await undisturbed(seed));
  return { kills, repeated };
}

function doom(random: Random): Doom {
  return random.integer(8) === 0
    ? { commits: 0, ms: random.below(STARTING_MS) }
    : { commits: 1 + random.integer(COMMITS), ms: random.below(WORKING_MS) };
}

/** The streams that a killed process has left, read as another process would while it lives. */
function readStreams(path: string): Map<string, readonly JobEvent[]> {
  const streams = new Map<string, readonly JobEvent[]>();
  let store: SqliteStore;
  try {
    store = new SqliteStore(path, { readOnly: true });
  } catch {
    // It was killed before the file was a store.
    return streams;
  }
  for (const { jobId, status } of store.jobs().reverse()) {
    const { events = [], snapshot } = store.read(jobId) ?? {};
    const job = fold(events);
    assertEquals(job.status, status);
    if (snapshot !== undefined) assertEquals(fold(events, snapshot), job);
    streams.set(jobId, events);
  }
  store.close();
  return streams;
}

/** Checks that a stream has no gap, and that each activation in it is queued once and ends once. */
function checkStream(events: readonly JobEvent[], committed: Set<string>): void {
  assertEquals(events.map(({ seq }) => seq), events.map((_, i) => i + 1));
  const queued = new Set<string>();
  const ended = new Set<string>();
  for (const event of events) {
    const activations = "activation" in event && event.activation !== undefined
      ? [event.activation]
      : "queued" in event
      ? event.queued
      : [];
    for (const { activationId } of activations) {
      assert(!queued.has(activationId), `${activationId} was queued twice`);
      queued.add(activationId);
    }
    switch (event.type) {
      case "activation_completed":
      case "activation_failed":
      case "activation_skipped":
        assert(!ended.has(event.activationId), `${event.activationId} ended twice`);
        ended.add(event.activationId);
        committed.add(event.activationId);
    }
  }
  if (fold(events).endedAt !== undefined) assertEquals(ended, queued);
}

function countFlushes(streams: ReadonlyMap<string, readonly JobEvent[]>): Map<string, number> {
  const flushes = new Map<string, number>();
  for (const event of [...streams.values()].flat()) {
    if (event.type !== "activation_flushed") continue;
    flushes.set(event.activationId, (flushes.get(event.activationId) ?? 0) + 1);
  }
  return flushes;
}

/** Returns the outcomes of the jobs when nothing disturbs them. */
export async function undisturbed(seed: number): Promise<Record<string, Outcome>> {
  await using flow = crashFlow();
  const streams = new Map<string, JobEvent[]>();
  const reading = Array.fromAsync(flow.events());
  const jobs = startJobs(flow, seed);
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  await flow.close();
  for (const event of await reading) {
    streams.getOrInsertComputed(event.jobId, () => []).push(event);
  }
  assertEquals(streams.size, JOBS);
  return outcomesOf(streams);
}

function outcomesOf(
  streams: ReadonlyMap<string, readonly JobEvent[]>,
): Record<string, Outcome> {
  return Object.fromEntries(
    [...streams].map(([jobId, events]) => [jobId, outcomeOf(events)] as const)
      .sort(([a], [b]) => a.localeCompare(b)),
  );
}

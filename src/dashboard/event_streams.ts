// The streams of server-sent events: the numbers of a flow, and the events of a job. Both look for changes a few times
// a second while a client is connected.

import { now } from "../data/clock.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { boundedJson } from "./bounded_json.ts";
import type { FollowedRun } from "./followed_run.ts";
import { jobEventView } from "./job_detail.ts";
import { HEARTBEAT, sseEvent } from "./sse_event.ts";
import type { Streams } from "./streams.ts";

/** The interval at which streams look for changes, in milliseconds. */
const INTERVAL = 250;

/** The interval of snapshots while only the time changes them, in milliseconds. */
const AGING = 1_000;

/** The time without events after which a comment is sent, in milliseconds. */
const QUIET = 5_000;

/** The number of characters of job events that are sent at once. */
const CHUNK = 64_000;

/** The circumstances of a stream. */
export interface StreamContext {
  readonly run: FollowedRun;
  readonly streams: Streams;
  /**
   * The time without changes after which the stream of an idle flow ends, so that the client connects again, in
   * milliseconds.
   */
  readonly maxQuiet: number;
}

/** Streams the numbers of a flow, and the flow itself, on each change. It ends when the flow is closed. */
export async function* flowStream(
  { run, streams, maxQuiet }: StreamContext,
): AsyncGenerator<string, void> {
  using use = run.use();
  const { follower } = use;
  const quiet = new Quiet(maxQuiet);
  let [version, sentAt, isAging, isIdle, info] = [-1, 0, false, true, ""];
  while (!streams.isClosed) {
    const isClosed = run.source.status === "closed";
    const current = boundedJson(run.info());
    if (current !== info) {
      yield sseEvent("flow", info = current);
      quiet.changed();
    }
    const latest = follower.version;
    if (latest !== version || isAging && now() - sentAt >= AGING) {
      if (latest !== version) quiet.changed();
      version = latest;
      const snapshot = run.numbers(follower);
      const { pending, running, paused } = snapshot.jobs;
      // A rate sinks by itself, and an activation may begin to wait for a limit without an event.
      const mayWait = snapshot.totals.queued > 0 && snapshot.routines.some(({ waits }) => waits);
      [sentAt, isAging] = [now(), snapshot.rate > 0 || mayWait];
      isIdle = pending + running + paused === 0;
      yield sseEvent("snapshot", boundedJson(snapshot));
    } else if (quiet.isHeartbeatDue) yield HEARTBEAT;
    if (isClosed && info === boundedJson(run.info()) && follower.version === version) {
      return yield sseEvent("end", "{}");
    }
    if (quiet.isOver(isIdle)) return;
    await streams.pause(INTERVAL);
  }
}

/** Streams the events of a job after a number. It ends with the job. */
export async function* jobStream(
  { run: { source }, streams, maxQuiet }: StreamContext,
  jobId: string,
  seq: number,
): AsyncGenerator<string, void> {
  const quiet = new Quiet(maxQuiet);
  let last = seq;
  let isFirst = true;
  // The headers are sent with the first part, even if the job has no events for now.
  yield HEARTBEAT;
  while (!streams.isClosed) {
    // Asked before the events are read, so that none can follow them.
    const isOver = hasEnded();
    const events = newEvents();
    let chunk = "";
    for (const event of events) {
      chunk += sseEvent("job", boundedJson(jobEventView(event)), event.seq);
      last = event.seq;
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = "";
      if (streams.isClosed) return;
    }
    if (chunk !== "") yield chunk;
    if (events.length > 0) quiet.changed();
    else if (quiet.isHeartbeatDue) yield HEARTBEAT;
    if (isOver || isEnd(events.at(-1))) return yield sseEvent("end", "{}");
    isFirst = false;
    if (quiet.isOver(false)) return;
    await streams.pause(INTERVAL);
  }

  function newEvents(): readonly JobEvent[] {
    // A flow knows the number of events without reading them.
    if (source.flow !== undefined && (source.job(jobId)?.counts.events ?? 0) <= last) return [];
    return source.eventsOf(jobId, last);
  }

  function hasEnded(): boolean {
    // In a journal, the end of a job is among its events, unless the client has it already.
    if (source.flow === undefined && !isFirst) return false;
    return source.status === "closed" || (source.job(jobId) ?? ENDED).endedAt !== undefined;
  }
}

/** Stands for a job that was deleted. */
const ENDED = { endedAt: 0 };

function isEnd(event: JobEvent | undefined): boolean {
  switch (event?.type) {
    case "job_completed":
    case "job_failed":
    case "job_cancelled":
      return true;
    default:
      return false;
  }
}

/** Measures the time without changes. */
class Quiet {
  readonly #max: number;
  #changedAt = now();
  #heardAt = now();

  constructor(max: number) {
    this.#max = max;
  }

  changed(): void {
    this.#changedAt = this.#heardAt = now();
  }

  /** `true` once in each period in which nothing was sent. */
  get isHeartbeatDue(): boolean {
    if (now() - this.#heardAt < QUIET) return false;
    this.#heardAt = now();
    return true;
  }

  /** Checks whether the stream has to end. Jobs that wait for something are given more time. */
  isOver(isIdle: boolean): boolean {
    return now() - this.#changedAt > (isIdle ? this.#max : 4 * this.#max);
  }
}

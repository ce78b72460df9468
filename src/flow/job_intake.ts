// Adds jobs to a flow: starts, repeated starts, reruns, and jobs that an earlier process has left. `Flow` calls
// it, and it passes the jobs to `JobCalls`.

import { onAbort } from "../data/on_abort.ts";
import { startedAt, systemTime } from "../data/clock.ts";
import { fold } from "../engine/apply.ts";
import { hasEnded, hasOpenFeed, type Job } from "../engine/job.ts";
import { lastTimeOf } from "../engine/last_time_of.ts";
import { DuplicateJobError, UnknownJobError } from "../errors/job_errors.ts";
import { FlowChangedError, UnreadableJobsError } from "../errors/flow_errors.ts";
import { UnknownActivationError } from "../errors/activation_errors.ts";
import { isSameEntry } from "../store/job_entry.ts";
import { UNFINISHED } from "../store/progress.ts";
import type { FlowShape, JobEntry, JobSummary, LoadedJobs, Store } from "../store/store.ts";
import { type FeedSource, OpenSource } from "./feed_source.ts";
import type { RecoverOptions, RerunOptions } from "./flow_options.ts";
import type { FlowRunner } from "./flow_runner.ts";
import type { JobCalls } from "./job_calls.ts";
import type { PreparedStart, TimedStart } from "./start_options.ts";
import type { JobState } from "./job_state.ts";
import { withErrorContext } from "./with_error_context.ts";
import type { JobView } from "./job_view.ts";
import { rerunFrom } from "./rerun_from.ts";
import { reservedBy, reserveId } from "./reserved_ids.ts";

/** Adds jobs to a flow: new ones, ones recovered from the store, and reruns. */
export class JobIntake {
  readonly #runner: FlowRunner;
  readonly #calls: JobCalls;
  readonly #store: Store;
  readonly #shape: FlowShape;

  constructor(runner: FlowRunner, store: Store, shape: FlowShape) {
    this.#runner = runner;
    this.#calls = runner.calls;
    this.#store = store;
    this.#shape = shape;
  }

  /** Starts a job, or returns the one that a durable store already has under the id. */
  start({ start, isNamed, signal }: PreparedStart): JobView {
    this.#checkStore();
    const known = isNamed ? this.#known(start.jobId, start) : undefined;
    const job = known ?? this.#startAnew(start, isNamed);
    if (signal !== undefined && !hasEnded(job.job)) this.#cancelOnAbort(signal, job);
    return job;
  }

  /**
   * Starts a job that is fed, or goes on with the one that has the id. A job that takes no more items is returned
   * without a look at the source.
   */
  feed({ start, isNamed, signal }: PreparedStart, source: FeedSource<unknown>): JobView {
    this.#checkStore();
    const { feeds } = this.#runner;
    const known = isNamed ? this.#knownFed(start) : undefined;
    if (known !== undefined && !hasOpenFeed(known.job)) return known;
    if (known !== undefined) feeds.checkFree(known.job);
    // Calls the user's code, which may have called any method of the flow.
    const { flowId } = this.#shape;
    const { routineId, slot } = start;
    const opened = withErrorContext(
      { flowId, routineId, slot },
      () => new OpenSource(source, known?.job.feed?.taken ?? 0),
    );
    try {
      this.#runner.checkOpen();
      const job = known ?? this.#startAnew(start, isNamed);
      feeds.checkFree(job.job);
      feeds.attach(job.job, opened);
      if (signal !== undefined && !hasEnded(job.job)) this.#cancelOnAbort(signal, job);
      return job;
    } catch (error) {
      opened.giveBack();
      throw error;
    }
  }

  /**
   * Starts a job and waits until it has ended. First waits for room, if the caller chose that, and until a
   * slow store has looked the id up.
   *
   * @param checkOpen Throws if the flow was closed during the wait.
   */
  async execute(prepared: PreparedStart, checkOpen: () => void): Promise<JobState> {
    const { start, isNamed, waitsForRoom, signal } = prepared;
    const { backpressure } = this.#runner;
    // Checked in loops, as another start may have used the room.
    do {
      while (waitsForRoom && !backpressure.hasRoomForJob) await backpressure.roomForJob(signal);
      if (isNamed) await this.#store.load?.(start.jobId);
    } while (waitsForRoom && !backpressure.hasRoomForJob);
    checkOpen();
    signal?.throwIfAborted();
    return await this.start(prepared).waitForCompletion();
  }

  /** Takes over the jobs that an earlier process left unfinished. */
  async recover({ changed = "refuse" }: RecoverOptions = {}): Promise<JobView[]> {
    this.#runner.checkOpen();
    const loading = this.#load();
    // Without an `await`, the jobs of a synchronous store are taken over in the same turn.
    const loaded = loading && await loading;
    // Checked before any job is taken over, by ids alone, so that only one job at a time is in memory.
    if (changed === "refuse") { for (const jobId of this.#left()) this.#checkShape(jobId); }
    const { flowId } = this.#shape;
    const recovered: JobView[] = [];
    const unreadable = new Map(loaded?.unreadable);
    const onUnreadable = (jobId: string, reason: unknown) => void unreadable.set(jobId, reason);
    let aliveAt = lastSignOf(
      loaded === undefined ? this.#store.jobs({ limit: 1 })[0] : loaded.newest,
    );
    for (const { snapshot, events } of this.#store.unfinished(flowId, onUnreadable)) {
      const { jobId } = snapshot ?? events[0]!;
      let job: Job;
      try {
        job = fold(events, snapshot);
      } catch (reason) {
        onUnreadable(jobId, reason);
        continue;
      }
      if (this.#runner.jobs.heldOne(jobId) !== undefined) continue;
      aliveAt = Math.max(aliveAt, lastTimeOf(job));
      const view = this.#calls.adopt(job, [], aliveAt);
      recovered.push(view);
      const difference = changed === "cancel" ? this.#difference(job.jobId) : undefined;
      if (difference !== undefined) this.#calls.cancel(job, difference);
    }
    if (unreadable.size > 0) throw new UnreadableJobsError(flowId, unreadable);
    return recovered;
  }

  /** Loads the unfinished jobs of the flow into memory, if the store is asynchronous. */
  #load(): LoadedJobs | undefined | Promise<LoadedJobs> {
    return this.#store.loadUnfinished?.(this.#shape.flowId).then((loaded) => {
      this.#runner.checkOpen();
      return loaded;
    });
  }

  /** Returns the ids of the jobs that are unfinished in the store and do not run here. */
  #left(): string[] {
    const { flowId } = this.#shape;
    return this.#store.jobs({ flowId, status: UNFINISHED })
      .map(({ jobId }) => jobId)
      .filter((jobId) => this.#runner.jobs.heldOne(jobId) === undefined)
      .reverse();
  }

  /** Starts a job from the history of another one, up to the end of an activation. */
  async rerun(oldId: string, options: RerunOptions): Promise<JobView> {
    const { from, jobId = crypto.randomUUID(), timeout = Infinity, signal } = options;
    if (this.#store.load !== undefined) {
      await this.#runner.drained();
      await this.#store.load(oldId);
      if (options.jobId !== undefined) await this.#store.load(jobId);
    }
    signal?.throwIfAborted();
    this.#runner.checkOpen();
    this.#flush();
    const kept = this.#store.read(oldId);
    if (kept === undefined || this.#find(oldId) === undefined) {
      throw new UnknownJobError(this.#shape.flowId, oldId);
    }
    if (this.#store.shapeOf(jobId) !== undefined) {
      throw new DuplicateJobError(this.#shape.flowId, jobId);
    }
    this.#checkFree(jobId);
    const isWhole = kept.events[0]?.seq === 1;
    const newJob = { jobId, timeout, at: systemTime() };
    const events = isWhole ? rerunFrom(kept.events, from, newJob) : undefined;
    if (events === undefined) {
      throw new UnknownActivationError(
        isWhole
          ? `job "${oldId}" has no activation "${from}"; job.executionHistory lists them`
          : `job "${oldId}" cannot be rerun: the retention of the store has dropped the beginning of its history`,
        { flowId: this.#shape.flowId, jobId: oldId, activationId: from },
      );
    }
    const job = this.#calls.adopt(fold(events), events);
    this.#reserve(jobId);
    if (signal !== undefined) this.#cancelOnAbort(signal, job);
    return job;
  }

  /** Returns the job with an id, running or stored. */
  #find(jobId: string): JobView | undefined {
    return this.#runner.jobs.find(jobId);
  }

  #startAnew(start: TimedStart, isNamed: boolean): JobView {
    if (isNamed) this.#checkFree(start.jobId);
    const job = this.#calls.start(start);
    if (isNamed) this.#reserve(start.jobId, start);
    return job;
  }

  /** Returns the job that a feed goes on with: one that runs here and waits for it, or one as for a start. */
  #knownFed(start: TimedStart): JobView | undefined {
    const held = this.#runner.jobs.heldOne(start.jobId);
    const feed = held?.job.feed;
    const waits = feed !== undefined && !feed.hasEnded && feed.routineId === start.routineId &&
      feed.slot === start.slot;
    return waits ? held : this.#known(start.jobId, start);
  }

  /** Returns the existing job for a start with its id, or throws if the two do not match. */
  #known(jobId: string, entry: JobEntry): JobView | undefined {
    const { flowId } = this.#shape;
    if (this.#runner.jobs.heldOne(jobId) !== undefined) {
      if (!this.#store.isDurable) throw new DuplicateJobError(flowId, jobId);
      this.#flush();
    }
    const shape = this.#store.shapeOf(jobId);
    if (shape === undefined) return this.#unstored(jobId, entry);
    const view = shape.flowId === flowId ? this.#find(jobId) : undefined;
    if (view === undefined) throw new DuplicateJobError(shape.flowId, jobId);
    if (!this.#store.isStartedWith(jobId, entry)) {
      throw new DuplicateJobError(flowId, jobId, "with another entry or payload");
    }
    if (hasEnded(view.job) || this.#runner.jobs.heldOne(jobId) !== undefined) return view;
    this.#checkShape(jobId);
    return this.#calls.adopt(view.job);
  }

  /** Returns a job that runs here and whose start a slow store has not written yet. */
  #unstored(jobId: string, entry: JobEntry): JobView | undefined {
    const view = this.#runner.jobs.heldOne(jobId);
    if (view === undefined) return undefined;
    const { flowId } = this.#shape;
    const reserved = reservedBy(this.#store, jobId)?.entry;
    if (reserved !== undefined && isSameEntry(reserved, entry)) return view;
    throw new DuplicateJobError(flowId, jobId, "with another entry or payload");
  }

  /**
   * Refuses an id that another flow of the store has reserved for a job, whose start is not committed yet.
   */
  #checkFree(jobId: string): void {
    const flowId = reservedBy(this.#store, jobId)?.flowId;
    if (flowId !== undefined) throw new DuplicateJobError(flowId, jobId);
  }

  #reserve(jobId: string, entry?: JobEntry): void {
    const { flowId } = this.#shape;
    reserveId(this.#store, jobId, { flowId, entry }, this.#runner.persisted());
  }

  /** Throws during an outage of the store, as no job can start then. */
  #checkStore(): void {
    if (this.#runner.error !== undefined) this.#flush();
  }

  /** Writes all events so far to the store, and throws if that fails. */
  #flush(): void {
    this.#runner.flush();
    if (this.#runner.error !== undefined) throw this.#runner.error;
  }

  #checkShape(jobId: string): void {
    const difference = this.#difference(jobId);
    if (difference !== undefined) throw difference;
  }

  #difference(jobId: string): FlowChangedError | undefined {
    const then = new Set(this.#store.shapeOf(jobId)?.lines);
    const now = new Set(this.#shape.lines);
    const removed = [...then.difference(now)];
    const added = [...now.difference(then)];
    if (removed.length === 0 && added.length === 0) return undefined;
    return new FlowChangedError(this.#shape.flowId, jobId, removed, added);
  }

  #cancelOnAbort(signal: AbortSignal, view: JobView): void {
    view.onEnd(onAbort(signal, () => this.#calls.cancel(view.job, signal.reason)));
  }
}

/**
 * Returns the time at which the newest job of a store was created or ended, if that was before this process
 * began; else 0.
 */
function lastSignOf(newest: JobSummary | undefined): number {
  if (newest === undefined || newest.createdAt >= startedAt) return 0;
  const { createdAt, endedAt = createdAt } = newest;
  return endedAt < startedAt ? endedAt : createdAt;
}

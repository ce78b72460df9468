// The jobs of a flow that are being fed. `JobIntake` adds them; `Dispatcher`, `FlowRunner` and `Shutdown` report
// what may let them go on, or ends them.

import { serializeError } from "../data/serialized_error.ts";
import type { Command } from "../engine/command.ts";
import { hasOpenFeed, type Job } from "../engine/job.ts";
import { hasBegun } from "../engine/line.ts";
import { DuplicateFeedError, type FeedError } from "../errors/job_errors.ts";
import type { Store } from "../store/store.ts";
import type { Backpressure } from "./backpressure.ts";
import type { CommitLog } from "./commit_log.ts";
import type { OpenSource } from "./feed_source.ts";
import { Feeder, type FeederHost } from "./feeder.ts";

/**
 * Feeds jobs from the sources of the user. An item is taken while the queue of its job is below the `highWaterMark` of
 * the flow, and that of the flow below its `maxQueued`, so no worker and no emitter waits for it. In the latter, feeds take
 * turns with the callers of `flow.whenCapacity`.
 *
 * A job that has not begun has its first item only, as any other such job has its first payload only: jobs that
 * wait for their turn, as `maxJobs` others run, take up no memory, and the first item has its place in the turns.
 */
export class Feeds implements FeederHost {
  readonly #feeders = new Map<Job, Feeder>();
  /** The number of items that were taken, and are about to be queued. */
  #taken = 0;
  /** `true` if a job has found no room in the flow because of items of others, which were not queued yet. */
  #isCrowded = false;
  readonly #store: Store;
  readonly #parts: FeedParts;
  readonly #dispatch: (job: Job, command: Command) => void;

  /**
   * @param store The store, which has to accept the items.
   * @param parts The parts of the flow that decide if a job has room.
   * @param dispatch Puts a command to a job into effect.
   */
  constructor(store: Store, parts: FeedParts, dispatch: (job: Job, command: Command) => void) {
    this.#store = store;
    this.#parts = parts;
    this.#dispatch = dispatch;
  }

  /**
   * Refuses a job that is being fed.
   *
   * @throws {DuplicateFeedError} If the job is being fed.
   */
  checkFree(job: Job): void {
    if (!this.#feeders.has(job)) return;
    const { jobId, flowId, feed } = job;
    throw new DuplicateFeedError(
      `job "${jobId}" of flow "${flowId}" is being fed already; a job has one source, so choose another jobId`,
      { flowId, jobId, routineId: feed?.routineId, slot: feed?.slot },
    );
  }

  /** Feeds a job from a source, which is ended with the job. */
  attach(job: Job, source: OpenSource): void {
    const feeder = new Feeder(this, job, source);
    if (!hasOpenFeed(job)) return feeder.close();
    source.use();
    this.#feeders.set(job, feeder);
    void feeder.run();
  }

  /** Called after a change to a job. */
  release(job: Job): void {
    if (this.#feeders.size === 0) return;
    if (hasOpenFeed(job)) this.#feeders.get(job)?.release();
    else this.forget(job);
  }

  /** Called when the store can be written again. */
  releaseAll(): void {
    for (const feeder of this.#feeders.values()) feeder.release();
  }

  /** Takes no more items for a job. */
  forget(job: Job): void {
    const feeder = this.#feeders.get(job);
    this.#feeders.delete(job);
    feeder?.close();
  }

  /** Takes no more items for any job. */
  close(): void {
    for (const job of [...this.#feeders.keys()]) this.forget(job);
  }

  hasRoom(job: Job, taken: number, hasTurn: boolean): boolean {
    const { log, backpressure } = this.#parts;
    if (log.error !== undefined || log.isBehind || job.status === "paused") return false;
    if (!hasBegun(job) && job.live.size + taken > 0) return false;
    if (!backpressure.hasRoomForItem(job, taken)) return false;
    if (backpressure.hasRoomInFlow(this.#taken, hasTurn)) return true;
    if (this.#taken > taken) this.#isCrowded = true;
    return false;
  }

  take(): void {
    this.#taken++;
  }

  whenTurn(goOn: () => void): boolean {
    const { backpressure } = this.#parts;
    if (backpressure.hasRoomInFlow(0, false)) return false;
    backpressure.whenTurn(goOn);
    return true;
  }

  checked(payload: unknown): unknown {
    this.#store.assertStorable?.(payload, "payload");
    return payload;
  }

  queue(job: Job, payloads: readonly unknown[]): void {
    this.#dispatch(job, { type: "feed", payloads });
  }

  queued(count: number): void {
    this.#taken -= count;
    if (!this.#isCrowded) return;
    this.#isCrowded = false;
    this.releaseAll();
  }

  endFeed(job: Job): void {
    this.#dispatch(job, { type: "endFeed" });
  }

  failFeed(job: Job, error: FeedError): void {
    this.forget(job);
    this.#dispatch(job, { type: "stop", outcome: "failed", error: serializeError(error) });
  }
}

/** The parts of a flow that decide if a job has room for items. */
export interface FeedParts {
  readonly log: CommitLog;
  readonly backpressure: Backpressure;
}

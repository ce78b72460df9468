// A view of the numbers of a run. Views create it when somebody looks, and dispose of it when nobody does any more. The
// views of one flow share a `RunFeed`, so that its events are folded once.

import { systemTime } from "../data/clock.ts";
import type { Flow } from "../flow/flow.ts";
import type { JobPage, JobQuery } from "./job_query.ts";
import { RunFeed } from "./run_feed.ts";
import type { RunSource } from "./run_source.ts";
import type { JobRow, RunSnapshot } from "./run_snapshot.ts";
import { WaitSample } from "./wait_sample.ts";

/** A feed that views share, and the number of these. */
interface SharedFeed {
  readonly feed: RunFeed;
  /** The number of routines and connections that the flow had when the feed was created. */
  readonly size: number;
  readonly waits: WaitSample;
  users: number;
}

/** The feeds of flows of this process. */
const feeds = new WeakMap<Flow, SharedFeed>();

/** Follows the jobs of a source. */
export class RunFollower implements Disposable {
  readonly #source: RunSource;
  readonly #expectedJobs: number | undefined;
  readonly #shared: SharedFeed;
  #isDisposed = false;

  /**
   * @param source The run to follow.
   * @param options The size of the list, and the jobs that are expected.
   * @throws {StoreError} If the store cannot be read.
   */
  constructor(source: RunSource, options: RunFollowerOptions = {}) {
    this.#source = source;
    this.#expectedJobs = options.expectedJobs;
    this.#shared = sharedFeed(source, options);
    this.#shared.users++;
  }

  /** Resolves when the jobs that were stored at the start are part of the numbers. */
  get caughtUp(): Promise<void> {
    return this.#shared.feed.caughtUp;
  }

  /** Resolves when no more events can come. */
  get closed(): Promise<void> {
    return this.#shared.feed.closed;
  }

  /** A number that grows with each change of the numbers. */
  get version(): number {
    const { feed } = this.#shared;
    feed.take();
    return feed.model.version;
  }

  /** Returns the current numbers. */
  snapshot(): RunSnapshot {
    const { feed, waits } = this.#shared;
    feed.take();
    const { flowId, status, maxWorkers, concurrency } = this.#source;
    const at = systemTime();
    const moment = { flowId, status, at, maxWorkers, concurrency };
    return waits.addTo(feed.model.snapshot(moment, this.#expectedJobs));
  }

  /** Returns the jobs that match, newest first. */
  rows(query: JobQuery = {}): JobPage {
    const { feed } = this.#shared;
    feed.take();
    return feed.model.rows(query);
  }

  /** Returns a job; `undefined` if it is not in the list. */
  row(jobId: string): JobRow | undefined {
    const { feed } = this.#shared;
    feed.take();
    return feed.model.row(jobId);
  }

  /** Stops following. The numbers remain as they are, unless other views follow the same flow. */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const { flow } = this.#source;
    const shared = this.#shared;
    if (--shared.users > 0) return;
    if (flow !== undefined && feeds.get(flow) === shared) feeds.delete(flow);
    shared.feed[Symbol.dispose]();
  }
}

/** Returns the feed of a flow, if it has all that a view needs; otherwise a new one. */
function sharedFeed(
  source: RunSource,
  { maxEndedJobs, history = true }: RunFollowerOptions,
): SharedFeed {
  const { flow, graph } = source;
  const size = graph.routines.length + graph.connections.length;
  const isShareable = flow !== undefined && maxEndedJobs === undefined;
  const known = isShareable ? feeds.get(flow) : undefined;
  if (known !== undefined && known.size === size && known.feed.isWhole) return known;
  const feed = new RunFeed(source, { maxEndedJobs, history });
  const made = { feed, size, waits: new WaitSample(source), users: 0 };
  if (isShareable) feeds.set(flow, made);
  return made;
}

/** Options of a `RunFollower`. */
export interface RunFollowerOptions {
  /** The number of jobs that are expected in all, for estimates. */
  readonly expectedJobs?: number | undefined;
  /**
   * The maximum number of ended jobs in the list, and of stored jobs that are read at the start, of which the newest
   * are. The default is 100,000.
   */
  readonly maxEndedJobs?: number | undefined;
  /** Reads jobs that had ended before the start as well. The default is `true`. */
  readonly history?: boolean | undefined;
}

// One flow of a store as a source of views. The store is usually a journal that is opened to be read only, while
// another process may write it. Nothing is folded before it is asked for: lists come from the index of the store's
// jobs, and the numbers of a row from the last state of its job.

import { isEndStatus } from "../engine/is_end_status.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { JobState } from "../flow/job_state.ts";
import { storedJob } from "../flow/stored_job.ts";
import type { JobSummary, Store } from "../store/store.ts";
import { bareRow } from "./bare_row.ts";
import { type GraphShape, parseShape } from "./graph_shape.ts";
import type { JobPage, JobQuery } from "./job_query.ts";
import type { JournalIndex } from "./journal_index.ts";
import { JournalStream } from "./journal_stream.ts";
import { progressOf } from "./progress_of.ts";
import { rowOf } from "./row_of.ts";
import type { RunSource, RunStream } from "./run_source.ts";
import type { JobRow, ProgressSnapshot } from "./run_snapshot.ts";

/** The number of rows of ended jobs that stay in memory. */
const MAX_ROWS = 2_000;

/** The number of jobs on a page by default. */
const PAGE = 100;

/** The graph of a flow without jobs. */
const NO_GRAPH: GraphShape = { routines: [], connections: [] };

/** A flow of a store. */
export class JournalSource implements RunSource {
  readonly flowId: string;
  readonly status = "recorded";
  readonly maxWorkers = undefined;
  readonly concurrency = undefined;
  readonly flow = undefined;
  readonly #store: Store;
  readonly #index: JournalIndex;
  /** Rows of ended jobs, which do not change any more. */
  readonly #rows = new Map<string, JobRow>();
  #graph: { readonly of: string; readonly shape: GraphShape } | undefined;

  /**
   * @param store The store.
   * @param flowId The flow.
   * @param index The jobs of the store.
   */
  constructor(store: Store, flowId: string, index: JournalIndex) {
    this.#store = store;
    this.flowId = flowId;
    this.#index = index;
  }

  /** The routines and connections with which the newest job was started. */
  get graph(): GraphShape {
    const { newest } = this.#index.flow(this.flowId);
    if (newest === undefined) return this.#graph?.shape ?? NO_GRAPH;
    if (this.#graph?.of !== newest) {
      const shape = this.#store.shapeOf(newest);
      if (shape === undefined) return this.#graph?.shape ?? NO_GRAPH;
      this.#graph = { of: newest, shape: parseShape(shape.lines) };
    }
    return this.#graph.shape;
  }

  latestIds(limit: number): Iterable<string> {
    const ids = [...this.#index.flow(this.flowId).jobs.keys()];
    return limit < ids.length ? ids.slice(-limit) : ids;
  }

  eventsOf(jobId: string, after?: number): readonly JobEvent[] {
    if (!this.#has(jobId)) return [];
    return this.#store.read(jobId, after)?.events ?? [];
  }

  job(jobId: string): JobState | undefined {
    return storedJob(this.#store, this.flowId, jobId);
  }

  open(onEvent: (event: JobEvent) => void): RunStream {
    return new JournalStream(this.#store, this.flowId, this.#index, onEvent);
  }

  /** Lists jobs by their id and status. Only the jobs of the page are read. */
  rows({ status, text = "", offset = 0, limit = PAGE }: JobQuery): JobPage {
    const wanted = text.toLowerCase();
    const matching = [...this.#index.flow(this.flowId).jobs.values()].filter((job) =>
      (status === undefined || status.includes(job.status)) &&
      (wanted === "" || job.jobId.toLowerCase().includes(wanted))
    ).reverse();
    const rows = matching.slice(offset, offset + limit).flatMap((job) => this.#row(job) ?? []);
    return { total: matching.length, rows };
  }

  /** Returns the row of a job; `undefined` if there is no such job. */
  row(jobId: string): JobRow | undefined {
    const job = this.#index.flow(this.flowId).jobs.get(jobId);
    return job && this.#row(job);
  }

  #has(jobId: string): boolean {
    return this.#index.flow(this.flowId).jobs.has(jobId) ||
      this.#store.shapeOf(jobId)?.flowId === this.flowId;
  }

  #row(indexed: JobSummary): JobRow | undefined {
    const { jobId } = indexed;
    const known = this.#rows.get(jobId);
    if (known !== undefined && known.createdAt === indexed.createdAt) return known;
    try {
      const job = this.job(jobId);
      if (job === undefined) return void this.#index.forget(indexed);
      const hasEnded = isEndStatus(job.status);
      const row = rowOf(job, hasEnded ? undefined : this.#progressOf(job));
      if (hasEnded) this.#keep(row);
      return row;
    } catch (error) {
      return bareRow(indexed, error);
    }
  }

  #keep(row: JobRow): void {
    this.#rows.set(row.jobId, row);
    const [oldest] = this.#rows.keys();
    if (this.#rows.size > MAX_ROWS && oldest !== undefined) this.#rows.delete(oldest);
  }

  /** Returns the last report of progress of an activation that still executes. */
  #progressOf({ jobId, executing }: JobState): ProgressSnapshot | undefined {
    if (executing.length === 0) return undefined;
    const ids = new Set(executing.map(({ activationId }) => activationId));
    const last = this.#store.latest(jobId)?.events.findLast((event) =>
      event.type === "activation_progressed" && ids.has(event.activationId)
    );
    return last?.type === "activation_progressed"
      ? progressOf(last.routineId, last.data)
      : undefined;
  }
}

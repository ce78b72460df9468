// A database server in memory, for tests: it holds bytes, answers later, and can fail or lose an answer. A
// `ServerStore` is what one process uses of it.

import {
  DuplicateFlowError,
  DuplicateJobError,
  StoreError,
  StoreJobError,
} from "@millrace/flow/errors";
import type { JobEvent } from "@millrace/flow/events";
import {
  type AsyncStore,
  type FlowShape,
  fromBytes,
  type JobFilter,
  type JobSummary,
  type LoadedJob,
  toBytes,
} from "@millrace/flow/store";
import type { Job } from "../../src/engine/job.ts";
import { checkFilter, cursorOf } from "../../src/store/job_filter.ts";
import { advance, noProgress, type Progress } from "../../src/store/progress.ts";

/** The calls of a store, as a server sees them. */
export type Call = "open" | "append" | "snapshot" | "load" | "list" | "delete";

/** What the server has stored, and how it behaves. */
export class SlowServer {
  readonly jobs = new Map<string, Row>();
  /** The processes that have a flow open. */
  readonly owners = new Map<string, ServerStore>();
  /** The number of calls so far. */
  readonly calls: Record<Call, number> = {
    open: 0,
    append: 0,
    snapshot: 0,
    load: 0,
    list: 0,
    delete: 0,
  };
  /** The appends that are under way, which must never be several of one process. */
  appending = 0;
  numbers = 0;
  /** Called before each call; delays it, or fails it. */
  before: (call: Call) => void | Promise<void> = () => Promise.resolve();
  /** Called after each append that is committed; the answer is lost if it throws. */
  after: () => void | Promise<void> = () => {};

  /** Connects a process. */
  connect(): ServerStore {
    return new ServerStore(this);
  }
}

/** A connection of a process. */
export class ServerStore implements AsyncStore {
  readonly #server: SlowServer;
  #isClosed = false;

  constructor(server: SlowServer) {
    this.#server = server;
  }

  async open({ flowId }: FlowShape): Promise<AsyncDisposable> {
    await this.#call("open");
    const { owners } = this.#server;
    if (owners.has(flowId)) throw new DuplicateFlowError(flowId);
    owners.set(flowId, this);
    return {
      [Symbol.asyncDispose]: async () => {
        await Promise.resolve();
        if (owners.get(flowId) === this) owners.delete(flowId);
      },
    };
  }

  async append(
    events: readonly JobEvent[],
    shapes: ReadonlyMap<string, FlowShape>,
  ): Promise<void> {
    const sent = toBytes(events);
    this.#server.appending++;
    try {
      await this.#call("append");
      this.#commit(fromBytes(sent) as JobEvent[], shapes);
      await this.#server.after();
    } finally {
      this.#server.appending--;
    }
  }

  async snapshot(job: Job): Promise<void> {
    const bytes = toBytes(job);
    const { jobId, seq } = job;
    await this.#call("snapshot");
    const row = this.#server.jobs.get(jobId);
    if (row !== undefined) row.snapshot = { seq, bytes };
  }

  async load(jobId: string): Promise<LoadedJob | undefined> {
    await this.#call("load");
    const row = this.#server.jobs.get(jobId);
    if (row === undefined) return undefined;
    const { snapshot, shape } = row;
    return {
      shape,
      snapshot: snapshot && fromBytes(snapshot.bytes) as Job,
      events: row.events.slice(snapshot?.seq ?? 0).map((bytes) => fromBytes(bytes) as JobEvent),
    };
  }

  async list(filter: JobFilter): Promise<JobSummary[]> {
    await this.#call("list");
    const { flowId, statuses, since, limit, after } = checkFilter(filter);
    return [...this.#server.jobs.values()]
      .filter((row) => flowId === undefined || row.flowId === flowId)
      .filter((row) => statuses === undefined || statuses.includes(row.status))
      .filter((row) => row.createdAt >= since)
      .sort(byPlace)
      .filter((row) => after === undefined || byPlace(after, row) < 0)
      .slice(0, limit)
      .map((row) => {
        const { jobId, flowId, status, createdAt, endedAt } = row;
        return { jobId, flowId, status, createdAt, endedAt, cursor: cursorOf(row) };
      });
  }

  async delete(jobId: string): Promise<boolean> {
    await this.#call("delete");
    return this.#server.jobs.delete(jobId);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  async #call(call: Call): Promise<void> {
    if (this.#isClosed) throw new StoreError("the connection is closed");
    this.#server.calls[call]++;
    await this.#server.before(call);
  }

  #commit(events: readonly JobEvent[], shapes: ReadonlyMap<string, FlowShape>): void {
    const { jobs } = this.#server;
    const last = new Map<string, number>();
    for (const event of events) {
      const { jobId } = event;
      const seq = last.get(jobId) ?? jobs.get(jobId)?.seq ?? 0;
      if (event.type === "job_started" && seq > 0) {
        throw new DuplicateJobError(event.flowId, jobId);
      }
      const follows = event.seq === seq + 1 && (seq > 0 || event.type === "job_started");
      if (!follows) throw new StoreJobError(jobId);
      last.set(jobId, event.seq);
    }
    for (const event of events) {
      const { jobId } = event;
      let row = jobs.get(jobId);
      if (row === undefined && event.type === "job_started") {
        const { flowId, at, createdAt = at } = event;
        const shape = shapes.get(flowId);
        const about = { jobId, flowId, shape, createdAt, number: ++this.#server.numbers };
        jobs.set(jobId, row = { ...about, ...noProgress(), events: [], snapshot: undefined });
      }
      row!.events.push(toBytes(event));
      advance(row!, event);
    }
  }
}

/** A job on the server. */
export interface Row extends Progress {
  readonly jobId: string;
  readonly flowId: string;
  readonly shape: FlowShape | undefined;
  readonly createdAt: number;
  readonly number: number;
  readonly events: Uint8Array[];
  snapshot: { readonly seq: number; readonly bytes: Uint8Array } | undefined;
}

type Place = Pick<Row, "createdAt" | "number">;

function byPlace(a: Place, b: Place): number {
  return b.createdAt - a.createdAt || b.number - a.number;
}

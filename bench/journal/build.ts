import type { Flow } from "@millrace/flow";
import { SqliteStore } from "@millrace/flow/sqlite";
import { Engine } from "../../src/engine/engine.ts";
import { hasEnded, type Job } from "../../src/engine/job.ts";
import type { Emit } from "../../src/routine/effects.ts";
import { CommitLog } from "../../src/flow/commit_log.ts";
import { effectivePolicy } from "../../src/graph/policy.ts";
import { Routes } from "../../src/graph/routes.ts";
import { shapeOf } from "../../src/graph/shape_of.ts";
import { fiveStages, manyItems } from "./flows.ts";

/**
 * Creates the file that a flow would leave, with the events of the engine and the library's own
 * log, which decides when to take snapshots. Only the workers are left out.
 */
function raise(error: Error): never {
  throw error;
}

class Builder implements Disposable {
  readonly engine: Engine;
  readonly #log: CommitLog;
  readonly #store: SqliteStore;

  constructor(path: string, { id, graph }: Pick<Flow, "id" | "graph">) {
    const policies = new Map(graph.nodes.map((node) => [node.id, effectivePolicy({}, {})]));
    this.engine = new Engine(id, { routes: new Routes(graph), policies, maxCrashes: 3 });
    this.#store = new SqliteStore(path);
    this.#store.open({ flowId: id, lines: shapeOf(graph) });
    this.#log = new CommitLog(this.#store, {
      committed() {},
      resumed() {},
      caughtUp() {},
      halted: raise,
      outlasted: raise,
      refused: (_, error) => raise(error),
    });
  }

  start(jobId: string, entry: string, payload: unknown): Job {
    const [routineId = "", slot = ""] = entry.split(".");
    const event = this.engine.start({ jobId, routineId, slot, payload }, Date.now());
    const job = this.engine.job(jobId) as Job;
    this.#log.add(job, [event]);
    return job;
  }

  /** Executes the next activation, which emits. */
  step(emitsOf: (payload: unknown) => readonly Emit[]): Job | undefined {
    const taken = this.engine.take();
    if (taken === undefined) return undefined;
    const { job, live: { activation: { activationId, payload } } } = taken;
    const at = Date.now();
    const begun = this.engine.dispatch(job, { type: "begin", activationId, workerId: "w1" }, at);
    const effects = { emits: emitsOf(payload), sharedData: [], sharedLog: [] };
    const execution = { workerId: "w1", startedAt: at, endedAt: at };
    const ended = this.engine.dispatch(
      job,
      { type: "complete", activationId, effects, execution },
      at,
    );
    this.#log.add(job, [...begun, ...ended]);
    return job;
  }

  /** Forgets a job that has ended. */
  forget(job: Job): void {
    this.#log.forget(job);
    this.engine.forget(job.jobId);
  }

  /** Commits the events since the last commit, as at the end of a turn of the event loop. */
  commit(): void {
    this.#log.flush();
  }

  [Symbol.dispose](): void {
    this.commit();
    this.#store.close();
  }
}

/** The number of activations in one commit, as under load. */
const BATCH = 100;

/** Creates jobs of the five-stage flow, each stopped before its third stage. */
export function buildJobs(path: string, jobs: number): void {
  using builder = new Builder(path, fiveStages());
  for (let i = 0; i < jobs; i++) {
    builder.start(`job_${i}`, "first.input", i);
    if (i % BATCH === 0) builder.commit();
  }
  const timestamp = Date.now();
  for (let i = 0; i < 2 * jobs; i++) {
    builder.step((n) => [{ event: "output", payload: Number(n) + 1, timestamp }]);
    if (i % BATCH === 0) builder.commit();
  }
}

/** Creates jobs of the five-stage flow that have completed, with twelve events each. */
export function buildEndedJobs(path: string, jobs: number): void {
  using builder = new Builder(path, fiveStages());
  const timestamp = Date.now();
  for (let i = 0; i < jobs; i++) {
    builder.start(`job_${i}`, "first.input", i);
    if (i % BATCH < BATCH - 1 && i < jobs - 1) continue;
    for (let job: Job | undefined; (job = builder.step(increment)) !== undefined;) {
      if (hasEnded(job)) builder.forget(job);
    }
    builder.commit();
  }

  function increment(n: unknown): Emit[] {
    return [{ event: "output", payload: Number(n) + 1, timestamp }];
  }
}

/** The number of activations of the last job that have not been executed. */
export const LEFT = 1_000;

/** Creates one job with a number of activations, nearly all of which have committed. */
export function buildActivations(path: string, activations: number): void {
  using builder = new Builder(path, manyItems());
  builder.start("job", "source.count", activations);
  const timestamp = Date.now();
  const items = Array.from({ length: activations }, (_, i) => i);
  builder.step(() => items.map((payload) => ({ event: "item", payload, timestamp })));
  for (let i = 0; i < activations - LEFT; i++) {
    builder.step(() => []);
    if (i % BATCH === 0) builder.commit();
  }
}

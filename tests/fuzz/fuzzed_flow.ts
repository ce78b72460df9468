// The flow of a round, with its journal, as one process after the other runs it. `executeRound` drives
// it by operations; `judge` looks at the result.

import { type FeedSource, Flow, type JobEvent, type JobState } from "@millrace/flow";
import { DuplicateFeedError, StoreError } from "@millrace/flow/errors";
import type { WorkerPool } from "@millrace/flow/pool";
import type { SqliteStore } from "@millrace/flow/sqlite";
import type { Store } from "@millrace/flow/store";
import type { Routines } from "@millrace/flow/types";
import { DatabaseSync } from "node:sqlite";
import { SnapshottingStore } from "../crash/snapshotting_store.ts";
import { Journal } from "../durable/journal.ts";
import { parcelOf } from "../laws/behaviour.ts";
import { type JobPlan, routineId } from "../laws/plan.ts";
import { step } from "../laws/routines.ts";
import { LateMirror } from "./late_store.ts";
import type { Operation } from "./operation.ts";
import { jobsOf, type RoundPlan } from "./round_plan.ts";
import { ANSWER, ask } from "./routines.ts";

/** The interventions in a job from outside that change its outcome. */
export interface Treatment {
  /** It may have been cut short: cancelled, or an activation of it. */
  isCut: boolean;
  /** The number of the job that it is like; another one if it is a rerun. */
  readonly like: number;
}

/** Returns the only item of a job that is fed, which takes some turns of the event loop. */
function itemsOf({ budget, tag }: JobPlan): FeedSource<unknown> {
  return async function* (taken) {
    for (let turn = 0; turn < tag % 4; turn++) await new Promise((goOn) => setTimeout(goOn));
    if (taken === 0) yield parcelOf(budget, tag);
  };
}

/** The id of a job of a round. */
export const jobIdOf = (number: number): string => `job-${number}`;

/** A flow that is paused, killed, starved and gone on with. */
export class FuzzedFlow implements AsyncDisposable {
  /** The interventions in each job, by id. */
  readonly treatments = new Map<string, Treatment>();
  /** Every job that was acknowledged: that a `flush` has resolved for. */
  readonly acknowledged = new Set<string>();
  readonly journal = new Journal();
  readonly #round: RoundPlan;
  readonly #pool: WorkerPool;
  #store!: SqliteStore;
  #flow!: Flow<Routines>;
  /** The store in front of the journal, if that answers later. */
  #mirror: LateMirror | undefined;
  #isFull = false;
  #reruns = 0;
  /** Flows of processes that were killed, which still have to end. */
  readonly #killed: Promise<void>[] = [];

  constructor(round: RoundPlan, pool: WorkerPool) {
    this.#round = round;
    this.#pool = pool;
    this.#open();
  }

  /** The flow, as the process has it that lives. */
  get flow(): Flow<Routines> {
    return this.#flow;
  }

  /** Does something to the flow. */
  async apply(operation: Operation): Promise<void> {
    try {
      await this.#apply(operation);
    } catch (error) {
      // While nothing can be written, what asks for it is refused. A late journal may answer after that.
      if (!(error instanceof StoreError) || !this.#isFull && !this.#round.isLate) throw error;
    }
  }

  /** Lets everything go on to its end, and waits for that. */
  async finish(timeout: number): Promise<void> {
    this.#makeRoom();
    await this.#surely(() => this.#flow.flush());
    for (const number of jobsOf(this.#round).keys()) await this.#surely(() => this.#start(number));
    this.#flow.resume();
    await this.#surely(() => this.#flow.flush());
    for (const job of this.#jobs()) this.#flow.resume(job);
    const ending = this.#jobs().map(async (job) => {
      if (job.waitingFor.length > 0) this.#flow.signal(job, ANSWER, 1);
      try {
        await job.waitForCompletion({ timeout });
      } catch (error) {
        throw new Error(`${job.jobId} does not settle: ${JSON.stringify(job.counts)}`, {
          cause: error,
        });
      }
    });
    // A job may ask only now.
    const asking = setInterval(() => {
      this.#feed();
      for (const job of this.#jobs()) {
        if (job.waitingFor.length > 0) this.#flow.signal(job, ANSWER, 1);
        if (job.endedAt === undefined) this.#flow.resume(job);
      }
    }, 20);
    try {
      await Promise.all(ending);
    } finally {
      clearInterval(asking);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flow.close({ jobs: "keep" });
    await Promise.all(this.#killed);
    this.#store.close();
    this.journal[Symbol.dispose]();
  }

  async #apply(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case "start":
        return void this.#start(operation.job % jobsOf(this.#round).length);
      case "breathe":
        for (let i = 0; i < operation.turns; i++) {
          await new Promise((resolve) => setTimeout(resolve));
        }
        return;
      case "pauseJob":
        return this.#with(operation.job, (job) => this.#flow.pause(job));
      case "resumeJob":
        return this.#with(operation.job, (job) => this.#flow.resume(job));
      case "signal":
        return this.#with(operation.job, (job) => this.#flow.signal(job, ANSWER, operation.job));
      case "cancel":
        return this.#with(operation.job, (job) => {
          this.#cut(job);
          this.#flow.cancel(job, "fuzzed");
        });
      case "cancelActivation":
        return this.#with(operation.job, (job) => {
          const live = [...job.executionHistory].map(({ activationId }) => activationId);
          const activationId = live[operation.pick % live.length];
          if (activationId === undefined) return;
          this.#cut(job);
          try {
            this.#flow.cancelActivation(job, activationId);
          } catch (error) {
            if ((error as Error).name !== "UnknownActivationError") throw error;
          }
        });
      case "rerun":
        return await this.#rerun(operation.job, operation.pick);
      case "pause":
        return this.#flow.pause();
      case "resume":
        return this.#flow.resume();
      case "flush":
        return await this.#flush();
      case "recycle":
        return this.#pool.recycle();
      case "reopen":
        if (this.#isFull) return;
        await this.#flow.close({ jobs: "keep" });
        this.#store.close();
        this.#open();
        return await this.#recover();
      case "kill":
        return await this.#kill();
      case "fillDisk":
        return this.#fillDisk();
      case "makeRoom":
        return this.#makeRoom();
      default:
        operation satisfies never;
    }
  }

  #open(): void {
    const { plan, snapshotEvery } = this.#round;
    this.#store = this.journal.store();
    const store = this.#storeOf(this.#store, snapshotEvery);
    const { routines, wires, limit, workers } = plan;
    const flow = new Flow<Routines>({
      id: "fuzzed",
      maxWorkers: workers,
      concurrency: limit,
      pool: this.#pool,
      store,
      // A process that is killed here takes all that it executes with it, again and again.
      maxCrashes: Infinity,
      onStatus() {},
    });
    routines.forEach(({ policy, ...behaviour }, i) => {
      flow.add(routineId(i), step, { config: { ...behaviour, gauges: [] }, ...policy });
    });
    flow.add("ask", ask, {
      onError: { strategy: "retry", maxRetries: 1, delay: 1, then: "continue" },
    });
    flow.connect("ask.later", "ask.later");
    for (const { from, event, to, slot } of wires) {
      flow.connect(`${routineId(from)}.${event}`, `${routineId(to)}.${slot}`);
    }
    this.#flow = flow;
  }

  #storeOf(store: SqliteStore, snapshotEvery: number): Store {
    const { isLate, seed } = this.#round;
    this.#mirror = isLate ? new LateMirror(store, seed, snapshotEvery) : undefined;
    return this.#mirror ?? new SnapshottingStore(store, snapshotEvery, () => {});
  }

  /** Does something, as often as a late journal answers that it cannot be written. */
  async #surely(act: () => unknown): Promise<void> {
    for (;;) {
      try {
        return void await act();
      } catch (error) {
        if (!(error instanceof StoreError) || !this.#round.isLate) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  /** Goes on with the jobs of an earlier process. */
  async #recover(): Promise<void> {
    // A mirror knows the ended jobs that it was asked to load.
    for (const { jobId } of this.#store.jobs()) await this.#mirror?.load(jobId);
    await this.#flow.recover();
    this.#feed();
  }

  #start(number: number): void {
    const jobId = jobIdOf(number);
    if (this.treatments.has(jobId) && this.#flow.job(jobId) !== undefined) return;
    const job = jobsOf(this.#round)[number];
    if (job === undefined) return;
    if (typeof job === "number") this.#flow.start("ask.question", job, { jobId });
    else {
      const { routine, slot, budget, tag } = job;
      const entry = `${routineId(routine)}.${slot}` as const;
      if (number % 2 === 1) this.#flow.feed(entry, itemsOf(job), { jobId });
      else this.#flow.start(entry, parcelOf(budget, tag), { jobId });
    }
    // One that was lost with its process before it was acknowledged starts anew.
    this.treatments.set(jobId, { isCut: false, like: number });
  }

  /** Goes on with the jobs whose feeds an earlier process has begun, or an older job. */
  #feed(): void {
    for (const { jobId, feed } of this.#jobs()) {
      const job = jobsOf(this.#round)[this.treatments.get(jobId)?.like ?? NaN];
      if (!feed?.isOpen || typeof job !== "object") continue;
      try {
        this.#flow.feed(feed.entry as "r0.a", itemsOf(job), { jobId });
      } catch (error) {
        // It is being fed, or nothing can be written.
        if (!(error instanceof DuplicateFeedError) && !(error instanceof StoreError)) throw error;
      }
    }
  }

  async #flush(): Promise<void> {
    const started = this.#jobs().map(({ jobId }) => jobId);
    await this.#flow.flush();
    for (const jobId of started) this.acknowledged.add(jobId);
  }

  async #rerun(number: number, pick: number): Promise<void> {
    const job = this.#flow.job(jobIdOf(number % jobsOf(this.#round).length));
    if (job === undefined) return;
    const ids = [...new Set(job.executionHistory.map(({ activationId }) => activationId))];
    const from = ids[pick % ids.length];
    const treatment = this.treatments.get(job.jobId);
    if (from === undefined || treatment === undefined) return;
    const jobId = `${job.jobId}-again-${++this.#reruns}`;
    // An activation that was cancelled before the chosen one ended is not executed by the rerun either.
    const isCut = treatment.isCut;
    await this.#flow.rerun(job, { from, jobId });
    this.treatments.set(jobId, { isCut, like: treatment.like });
    this.#feed();
  }

  /** Goes on with the journal as a process leaves it that is killed now. */
  async #kill(): Promise<void> {
    if (this.#isFull) return;
    const [old, oldStore] = [this.#flow, this.#store];
    this.journal.crash();
    this.#killed.push(old.close({ jobs: "keep" }).finally(() => oldStore.close()));
    this.#open();
    const known = new Set(this.#store.jobs().map(({ jobId }) => jobId));
    for (const jobId of this.acknowledged) {
      if (!known.has(jobId)) throw new Error(`${jobId} was acknowledged and is gone`);
    }
    for (const jobId of [...this.treatments.keys()]) {
      if (!known.has(jobId)) this.treatments.delete(jobId);
    }
    await this.#recover();
  }

  #fillDisk(): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.#change(
      `CREATE TRIGGER full BEFORE INSERT ON events
       BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
    );
  }

  #makeRoom(): void {
    if (!this.#isFull) return;
    this.#change("DROP TRIGGER full");
    this.#isFull = false;
  }

  #change(statement: string): void {
    const db = new DatabaseSync(this.journal.path);
    db.exec(statement);
    db.close();
  }

  #with(number: number, act: (job: JobState) => void): void {
    const job = this.#flow.job(jobIdOf(number % jobsOf(this.#round).length));
    if (job !== undefined) act(job);
  }

  #cut({ jobId }: JobState): void {
    const treatment = this.treatments.get(jobId);
    if (treatment !== undefined) treatment.isCut = true;
  }

  #jobs(): JobState[] {
    return [...this.#flow.jobs.values()];
  }

  /** The stream of a job that is stored. */
  eventsOf(jobId: string): readonly JobEvent[] {
    return this.#store.read(jobId)?.events ?? [];
  }

  /** The store. */
  get store(): SqliteStore {
    return this.#store;
  }
}

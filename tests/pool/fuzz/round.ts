// Executes the plan of a round on a pool, and gives all that is wrong with its outcome.

import type { Flow, JobState, Routine } from "@millrace/flow";
import { type Binding, type StartWorker, WorkerPool } from "@millrace/flow/pool";
import { delay } from "@std/async/delay";
import { equal } from "@std/assert";
import { NO_WORKERS } from "../../flow/shared_pool.ts";
import { entriesOf, type Entry } from "./entry.ts";
import { flowOn, ROUTINES } from "./fuzz_flow.ts";
import type { hostile } from "./hostile_routine.ts";
import { judge } from "./judge.ts";
import { load, type Loaded } from "./load.ts";
import { type End, saidIn, valuesIn } from "./oracle.ts";
import type { Act, Moment, Plan } from "./plan.ts";
import { sound } from "./sound_routine.ts";
import { endOf, WatchedSource, WatchedTask } from "./watched_task.ts";

/** A round in which no task ends for this time, in milliseconds, hangs. */
const HANGS_MS = 60_000;
/** A loop in a worker goes on for this time after its task was stopped, in milliseconds. */
const LINGER_MS = 400;

/**
 * Executes a plan; gives what is wrong.
 *
 * @param startWorker Starts workers of another kind, which share no memory with the test.
 */
export async function faultsOf(plan: Plan, startWorker?: StartWorker): Promise<string[]> {
  return await new Round(plan, startWorker).run();
}

class Round {
  readonly #plan: Plan;
  readonly #pool: WorkerPool;
  /** `true` if the handlers share memory with the test. */
  readonly #isShared: boolean;
  readonly #sources: readonly WatchedSource[];
  readonly #flow: Flow;
  readonly #bindings: ReadonlyMap<Routine, Binding>;
  readonly #entries: readonly Entry[];
  readonly #acts: ReadonlyMap<string, readonly Act[]>;
  readonly #starts: SharedArrayBuffer;
  readonly #releases: SharedArrayBuffer;
  readonly #faults: string[] = [];
  readonly #pending: Promise<unknown>[] = [];
  #isClosed = false;
  /** The number of tasks that have ended. */
  #ends = 0;

  constructor(plan: Plan, startWorker: StartWorker | undefined) {
    this.#plan = plan;
    this.#isShared = startWorker === undefined;
    this.#pool = new WorkerPool({
      ...plan.pool,
      grace: 50,
      maxLost: 100,
      onUncaught: () => {},
      ...startWorker !== undefined && { startWorker },
    });
    const [first, second, third] = plan.limits;
    this.#sources = [first, second].map((limits) =>
      new WatchedSource(this.#pool, limits?.maxWorkers ?? 1, limits?.concurrency ?? 1)
    );
    this.#flow = flowOn(this.#pool, { ...third });
    this.#bindings = new Map(
      Object.entries(ROUTINES).map(([routineId, routine]) => [
        routine,
        { routine, routineId, flowId: "fuzz", config: {} },
      ]),
    );
    this.#entries = entriesOf(plan);
    this.#acts = Map.groupBy(plan.acts, ({ task, moment }) => `${task}/${moment}`);
    const bytes = plan.tasks.length * Int32Array.BYTES_PER_ELEMENT;
    this.#starts = new SharedArrayBuffer(bytes);
    this.#releases = new SharedArrayBuffer(bytes);
  }

  async run(): Promise<string[]> {
    const from = performance.timeOrigin + performance.now();
    this.#entries.forEach((entry, index) => {
      this.#later(entry.plan.at, () => this.#add(entry, index));
    });
    const { closeAfter } = this.#plan;
    if (closeAfter !== undefined) this.#later(closeAfter, () => this.#close());
    await this.#within(
      Promise.all(this.#entries.map(({ ended }) => ended.promise)).then(() => this.#all()),
      "it hangs",
    );
    const to = performance.timeOrigin + performance.now();
    const starts = this.#isShared ? new Int32Array(this.#starts) : undefined;
    const past = { plan: this.#plan, entries: this.#entries, isClosed: this.#isClosed };
    for (const fault of judge({ ...past, starts, from, to })) this.#fault(fault);
    await this.#leave();
    return this.#faults;
  }

  /** Waits for all that is under way, and for what that leads to. */
  async #all(): Promise<void> {
    for (let i = 0; i < this.#pending.length; i++) await this.#pending[i];
  }

  #later(ms: number, act: () => unknown): void {
    this.#pending.push(delay(ms).then(act).catch((error) => this.#fault(Deno.inspect(error))));
  }

  #add(entry: Entry, index: number): void {
    const { plan, ended } = entry;
    const { origin, stopAfter } = plan;
    if (this.#isClosed) {
      entry.isStopped = true;
      return ended.resolve();
    }
    if (origin === "run") this.#run(entry, index);
    else if (origin === "flow") this.#start(entry, index);
    else this.#give(entry, index, this.#sources[origin === "first" ? 0 : 1] as WatchedSource);
    if (stopAfter !== undefined) this.#later(stopAfter, () => this.#stop(entry));
  }

  /** Gives a task to one of the test's sources. */
  #give(entry: Entry, index: number, source: WatchedSource): void {
    const { plan, kind } = entry;
    const { order, transfer } = this.#load(entry, index);
    const binding = this.#bindings.get(kind.routine) as Binding;
    const task = new WatchedTask(
      plan.nonce,
      index,
      binding,
      kind.slot,
      order,
      transfer,
      plan.throwsIn,
      {
        on: (task, moment) => {
          if (moment === "end") this.#ended(entry, index, endOf(task));
          this.#on(index, moment);
        },
        fault: (_, what) => this.#fault(`${plan.nonce} (${plan.kind}) ${what}`),
      },
    );
    entry.task = task;
    entry.stop = (reason) => this.#pool.abort(task, reason);
    source.add(task);
  }

  #run(entry: Entry, index: number): void {
    const { plan, kind } = entry;
    const { order, transfer } = this.#load(entry, index);
    const controller = new AbortController();
    entry.stop = (reason) => controller.abort(reason);
    const onProgress = (data: unknown) => {
      if (data !== plan.nonce) this.#fault(`${plan.nonce} reports the progress ${data}`);
      if (entry.end !== undefined) this.#fault(`${plan.nonce} reports progress after its end`);
      this.#on(index, "progress");
    };
    const { signal } = controller;
    const options = { signal, onProgress, ...transfer !== undefined && { transfer } };
    this.#pending.push(
      this.#pool.run(kind.routine as typeof hostile, kind.slot as "item", order, options).then(
        (effects) => ({ values: valuesIn([effects]), said: saidIn([effects]), error: undefined }),
        (error) => ({ values: [], said: 0, error }),
      ).then((end: End) => {
        this.#ended(entry, index, end);
        this.#on(index, "end");
      }),
    );
  }

  #start(entry: Entry, index: number): void {
    const { kind } = entry;
    const { order } = this.#load(entry, index);
    const name = Object.keys(ROUTINES).find((name) => ROUTINES[name] === kind.routine);
    const job = this.#flow.start(`${name}.${kind.slot}` as never, order as never) as JobState;
    entry.job = job;
    entry.stop = (reason) => void this.#flow.cancel(job, reason);
    this.#pending.push(
      job.waitForCompletion().then(() => {
        const values = job.sharedLog.map(({ data }) => data);
        this.#ended(entry, index, { values, said: values.length, error: job.error });
        this.#on(index, "end");
      }),
    );
  }

  #load(entry: Entry, index: number): Loaded {
    const { nonce, ms } = entry.plan;
    const memory = { starts: this.#starts, releases: this.#releases };
    const none = { starts: undefined, releases: undefined };
    const order = { nonce, index, ms, ...this.#isShared ? memory : none };
    return load(entry, order, (what) => this.#fault(what));
  }

  #ended(entry: Entry, index: number, end: End): void {
    entry.end = end;
    this.#ends++;
    entry.ended.resolve();
    const linger = entry.plan.kind === "spins" && entry.plan.origin === "run" ? LINGER_MS : 0;
    this.#later(linger, () => Atomics.store(new Int32Array(this.#releases), index, 1));
  }

  #on(index: number, moment: Moment): void {
    for (const act of this.#acts.get(`${index}/${moment}`) ?? []) {
      if (act.isAtOnce) this.#act(act);
      else this.#later(0, () => this.#act(act));
    }
  }

  #act({ what, target }: Act): void {
    if (this.#isClosed) return;
    const entry = this.#entries[target] as Entry;
    switch (what) {
      case "abort":
        return this.#stop(entry);
      case "revoke":
        return this.#revoke(entry);
      case "recycle":
        return this.#pool.recycle();
      case "load": {
        const binding = this.#bindings.get(sound) as Binding;
        this.#pending.push(this.#pool.load([binding], 1 + target % 3).catch(() => {}));
        return;
      }
      case "stats":
        return void this.#pool.stats();
      case "wake":
        return this.#pool.wake();
    }
  }

  #stop(entry: Entry): void {
    if (entry.end !== undefined || entry.stop === undefined) return;
    entry.isStopped = true;
    const { task } = entry;
    if (task !== undefined && this.#sources.some((source) => source.remove(task))) {
      return this.#revoked(entry, task);
    }
    entry.stop(new Error(`stopped ${entry.plan.nonce}`));
  }

  #revoke(entry: Entry): void {
    const { task } = entry;
    if (task === undefined || task.isRevoked) return;
    const isRevoked = this.#sources.some((source) => source.remove(task)) ||
      this.#pool.revoke(task);
    if (isRevoked) this.#revoked(entry, task);
  }

  #revoked(entry: Entry, task: WatchedTask): void {
    if (entry.end !== undefined) this.#fault(`${task.nonce} was revoked after its end`);
    task.isRevoked = true;
    entry.ended.resolve();
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool.close();
    await this.#flow.close();
  }

  async #leave(): Promise<void> {
    const isIdle = () => {
      const { busy, queued } = this.#pool.stats();
      return busy + queued === 0;
    };
    if (!this.#isClosed) await this.#until(isIdle, "it is still busy");
    await this.#within(this.#flow.close(), "the flow does not close");
    await this.#within(this.#pool.close(), "the pool does not close");
    await this.#until(() => equal(this.#pool.stats(), NO_WORKERS), "a worker is left");
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    const end = performance.now() + HANGS_MS / 2;
    while (!holds() && performance.now() < end) await delay(2);
    if (!holds()) this.#fault(`${what}: ${Deno.inspect(this.#pool.stats())}`);
  }

  async #within(promise: Promise<unknown>, what: string): Promise<void> {
    let isOver = false;
    const over = promise.finally(() => isOver = true);
    for (let ended = -1; !isOver && ended < this.#ends;) {
      ended = this.#ends;
      const patience = new AbortController();
      const late = delay(HANGS_MS, patience).catch(() => {});
      await Promise.race([over, late]);
      patience.abort();
    }
    if (isOver) return;
    this.#fault(`${what}: ${Deno.inspect(this.#pool.stats())}`);
    this.#entries.forEach(({ plan, task, job, end, isStopped }) => {
      if (end !== undefined || task?.isRevoked) return;
      const state = task && this.#pool.stateOf(task);
      const begun = task?.workerId ?? job?.status;
      this.#fault(
        `${plan.nonce} (${plan.kind}, ${plan.origin}) has not ended: ${state}, ${begun}, stopped: ${isStopped}`,
      );
    });
  }

  #fault(what: string): void {
    this.#faults.push(`seed ${this.#plan.seed}: ${what}`);
  }
}

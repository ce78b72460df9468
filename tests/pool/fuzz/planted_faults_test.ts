// Each fault is planted in a worker that does work of all kinds.

import { type Binding, WorkerPool } from "@millrace/flow/pool";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { NO_WORKERS } from "../../flow/shared_pool.ts";
import { within } from "../../flow/within.ts";
import { until } from "../until.ts";
import { FaultyWorkers } from "./faulty_worker.ts";
import { type Kind, KINDS } from "./kinds.ts";
import { faultOf } from "./oracle.ts";
import type { Order } from "./order.ts";
import { PLANTED_FAULTS, WAIT_MS } from "./planted_faults.ts";
import { endOf, WatchedSource, WatchedTask } from "./watched_task.ts";

const WAVE = 24, MAX_WAVES = 50;
const MIXED = ["echo", "waits", "reads", "updates", "flushes", "progresses"];

/** Tasks of some kinds, which note what is wrong with them. */
class Work {
  readonly faults: string[] = [];
  readonly #source: WatchedSource;
  readonly #bindings = new Map<Kind["routine"], Binding>();
  #count = 0;

  constructor(pool: WorkerPool) {
    this.#source = new WatchedSource(pool, 1, pool.concurrency);
  }

  /** Gives a worker a number of tasks, and waits until they have ended. */
  async wave(kinds: readonly string[], size: number): Promise<WatchedTask[]> {
    const onlyWait = kinds.length === 1 && kinds[0] === "waits";
    const tasks = Array.from({ length: size }, (_, i) => {
      return this.#task(kinds[i % kinds.length] ?? "", onlyWait ? WAIT_MS : i % 5);
    });
    this.#source.add(...tasks);
    try {
      await within(Promise.all(tasks.map(({ ended }) => ended.promise)));
    } catch (error) {
      const open = tasks.filter(({ outcome }) => outcome === undefined).map((
        { nonce, slot, restarts },
      ) => nonce + " " + slot + restarts);
      throw new Error(`${this.faults} ${open} have not ended`, { cause: error });
    }
    tasks.forEach((task, i) => {
      const plan = { ...PLAIN, nonce: task.nonce, kind: kinds[i % kinds.length] ?? "" };
      const fault = faultOf(plan, endOf(task), { isStopped: false, isClosed: false });
      if (fault !== undefined) this.faults.push(`${task.nonce} (${plan.kind}) ${fault}`);
      if (task.progressed.some((data) => data !== task.nonce)) {
        this.faults.push(`${task.nonce} reports the progress ${task.progressed}`);
      }
    });
    return tasks;
  }

  #task(name: string, ms: number): WatchedTask {
    const { routine, slot } = KINDS[name] as Kind;
    const index = this.#count++;
    const nonce = `nonce-0-${index}-planted;`;
    const memory = new SharedArrayBuffer(4);
    const order: Order = { nonce, index: 0, starts: memory, releases: memory, ms };
    const binding = this.#bindings.getOrInsertComputed(
      routine,
      () => ({ routine, config: {}, flowId: "fuzz", routineId: "fuzz" }),
    );
    return new WatchedTask(nonce, index, binding, slot, order, undefined, undefined, {
      on: () => {},
      fault: (_, what) => this.faults.push(`${nonce} (${name}) ${what}`),
    });
  }
}

const PLAIN = { origin: "first", at: 0, ms: 0, throwsIn: undefined, stopAfter: undefined } as const;

for (const { name, leadsTo, kinds = MIXED, plant } of PLANTED_FAULTS) {
  Deno.test(`WorkerPool survives ${name}`, async () => {
    using faulty = new FaultyWorkers(plant());
    const pool = new WorkerPool({ maxWorkers: 1, concurrency: 4, onUncaught: () => {} });
    try {
      const work = new Work(pool);
      await work.wave(MIXED, MIXED.length);
      faulty.isArmed = true;
      for (let i = 0; i < MAX_WAVES && faulty.workerId === undefined; i++) {
        await work.wave(kinds, WAVE);
      }
      assert(faulty.workerId !== undefined, "the fault was not planted");
      await work.wave(MIXED, WAVE);
      const isGivenUp = leadsTo === "another worker";
      if (isGivenUp) await until(() => faulty.isGivenUp);
      const [last] = await work.wave(["echo"], 1);
      assertEquals(work.faults, []);
      assertEquals(faulty.isGivenUp, isGivenUp);
      const compare = isGivenUp ? assertNotEquals : assertEquals;
      compare(last?.outcome?.execution?.workerId, faulty.workerId);
    } finally {
      await pool.close();
    }
    assertEquals(pool.stats(), NO_WORKERS);
  });
}

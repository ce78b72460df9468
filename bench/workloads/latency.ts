import type { Session } from "../contenders/contender.ts";
import { loadPool, POOL_NAMES } from "../contenders/registry.ts";
import { warmUp } from "../harness/repeat.ts";
import { takeTurns } from "../harness/turns.ts";
import type { Workload } from "../harness/workload.ts";
import { Counters } from "../tasks/counters.ts";

const AT_A_TIME = 100;

/** Runs tiny tasks, each after the previous one has ended. */
export const latency: Workload = {
  name: "latency",
  title: "One no-op at a time",
  about:
    "Each no-op is asked for when the one before has ended: there and back. And against the round trip of a raw worker in the same process, the two taking turns; that of a raw worker against another shows how far to trust it.",
  figures: [
    { key: "mean", title: "mean", unit: "µs" },
    { key: "p50", title: "median", unit: "µs" },
    { key: "p99", title: "99th percentile", unit: "µs" },
    { key: "ratio", title: "against raw", unit: "×" },
  ],
  cases: POOL_NAMES,
  async open(name, { maxWorkers, quick }) {
    const { version, start } = await loadPool(name);
    const raw = await loadPool("raw worker");
    const ours = await OneByOne.start(await start({ maxWorkers, tasks: "tiny" }), maxWorkers);
    const theirs = await OneByOne.start(await raw.start({ maxWorkers, tasks: "tiny" }), maxWorkers);
    await warmUp(() => ours.run(), quick);
    await warmUp(() => theirs.run(), quick);
    return {
      version,
      async measure() {
        ours.times = [];
        const ratio = await takeTurns(quick ? 100 : 600, () => ours.run(), () => theirs.run());
        const times = ours.times.sort((a, b) => a - b);
        return {
          mean: times.reduce((sum, time) => sum + time, 0) / times.length,
          p50: times[Math.floor(times.length * 0.5)] ?? NaN,
          p99: times[Math.floor(times.length * 0.99)] ?? NaN,
          ratio,
        };
      },
      async close() {
        await ours.session.close();
        await theirs.session.close();
      },
    };
  },
};

/** A session with counters for its workers. */
class OneByOne {
  /** The time of each round trip, in microseconds. */
  times: number[] = [];
  readonly #counters: Counters;

  private constructor(readonly session: Session, maxWorkers: number) {
    this.#counters = new Counters(maxWorkers);
  }

  static async start(session: Session, maxWorkers: number): Promise<OneByOne> {
    const started = new OneByOne(session, maxWorkers);
    await started.#counters.attach(session);
    return started;
  }

  /** Runs a number of no-ops, one at a time; returns the total time in microseconds. */
  async run(): Promise<number> {
    const first = this.times.length;
    for (let i = 0; i < AT_A_TIME; i++) {
      const startedAt = performance.now();
      await this.session.run("noop", i);
      this.times.push((performance.now() - startedAt) * 1_000);
    }
    this.#counters.check(AT_A_TIME);
    return this.times.slice(first).reduce((sum, time) => sum + time, 0);
  }
}

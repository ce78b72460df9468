import type { Session } from "../contenders/contender.ts";
import type { Settings } from "../harness/workload.ts";

/** What came of tasks that keep the CPU busy. */
export interface Makespan {
  /** Milliseconds from the first call to the last result. */
  readonly wall: number;
  /** Milliseconds that the tasks took, as the workers measured them, all together. */
  readonly busy: number;
  /** The wall time against that of workers which are never idle. */
  readonly ratio: number;
}

/** Asks for tasks of so many milliseconds of CPU, all at once, and waits for the last. */
export async function spinAll(
  session: Session,
  durations: readonly number[],
  { maxWorkers, loopsPerMs }: Settings,
): Promise<Makespan> {
  const startedAt = performance.now();
  const running = durations.map((ms) => session.run("spin", Math.round(ms * loopsPerMs)));
  const taken = await Promise.all(running);
  const wall = performance.now() - startedAt;
  taken.forEach((ms, i) => {
    // A fraction of the time is allowed for a CPU that runs faster now than when it was calibrated.
    if (!(ms > (durations[i] ?? 0) / 3)) throw new Error(`a task of ${durations[i]} ms took ${ms}`);
  });
  const busy = taken.reduce((sum, ms) => sum + ms, 0);
  return { wall, busy, ratio: wall / (busy / maxWorkers) };
}

/** Has every worker compile the loop. */
export async function warmUpSpin(session: Session, settings: Settings): Promise<void> {
  for (let i = 0; i < 10; i++) await spinAll(session, Array(20).fill(0.5), settings);
}

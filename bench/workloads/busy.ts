import type { Session } from "../contenders/contender.ts";
import type { Settings } from "../harness/workload.ts";

/** The measurement of tasks that keep the CPU busy. */
export interface Makespan {
  /** The time from the first call to the last result, in milliseconds. */
  readonly wall: number;
  /** The total time of the tasks, measured in the workers, in milliseconds. */
  readonly busy: number;
  /** The ratio of the wall time to that of workers that are never idle. */
  readonly ratio: number;
}

/** Runs tasks of the given CPU times, all at once, and waits for the last. */
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
    // A third of the time is allowed, as the CPU may run faster now than during the calibration.
    if (!(ms > (durations[i] ?? 0) / 3)) throw new Error(`a task of ${durations[i]} ms took ${ms}`);
  });
  const busy = taken.reduce((sum, ms) => sum + ms, 0);
  return { wall, busy, ratio: wall / (busy / maxWorkers) };
}

/** Makes every worker compile the loop. */
export async function warmUpSpin(session: Session, settings: Settings): Promise<void> {
  for (let i = 0; i < 10; i++) await spinAll(session, Array(20).fill(0.5), settings);
}

// The waits of activations, which are not part of the JobEvents: the present numbers of a flow's limits, and the waits of
// the jobs that a snapshot lists. `RunFollower` and `reportOf` add them to the numbers that `RunModel` has folded.

import { now, systemTime } from "../data/clock.ts";
import type { FlowStats, RoutineStats } from "../engine/flow_stats.ts";
import type { JobWait } from "../engine/job_waits.ts";
import type { RunSource } from "./run_source.ts";
import type { RoutineWaits, RunSnapshot } from "./run_snapshot.ts";
import { isIdle, rowsWithWaits } from "./with_waits.ts";

/** The shortest time between two samples, in milliseconds, as each passes through all live activations. */
const INTERVAL = 1_000;

/** The waits of a run, looked up at most once a second. */
export class WaitSample {
  readonly #source: RunSource;
  #takenAt = -Infinity;
  /** The waits of each routine; `undefined` if none has a limit. */
  #routines: ReadonlyMap<string, RoutineWaits> | undefined;
  /** The waits of the listed jobs. */
  #jobs: ReadonlyMap<string, readonly JobWait[]> = new Map();

  /** @param source The run. */
  constructor(source: RunSource) {
    this.#source = source;
  }

  /** Returns numbers with the waits of their routines and of their longest jobs. */
  addTo(snapshot: RunSnapshot): RunSnapshot {
    if (this.#source.stats === undefined) return snapshot;
    const time = now();
    if (time - this.#takenAt >= INTERVAL) {
      this.#takenAt = time;
      this.#take(snapshot);
    }
    const [routines, jobs] = [this.#routines, this.#jobs];
    if (routines === undefined && jobs.size === 0) return snapshot;
    return {
      ...snapshot,
      routines: routines === undefined ? snapshot.routines : snapshot.routines.map((routine) => {
        const waits = routines.get(routine.routineId);
        return waits === undefined ? routine : { ...routine, waits: within(waits, routine.queued) };
      }),
      longestJobs: snapshot.longestJobs.map((row) => {
        const waits = isIdle(row) ? jobs.get(row.jobId) : undefined;
        return waits === undefined ? row : { ...row, waits };
      }),
    };
  }

  #take({ longestJobs }: RunSnapshot): void {
    const stats = this.#source.stats?.();
    this.#routines = stats && routineWaits(stats);
    this.#jobs = new Map(
      rowsWithWaits(longestJobs, this.#source).flatMap(({ jobId, waits }) =>
        waits === undefined ? [] : [[jobId, waits] as const]
      ),
    );
  }
}

function routineWaits({ routines }: FlowStats): ReadonlyMap<string, RoutineWaits> {
  const at = systemTime();
  return new Map(routines.map((stats) => [stats.routineId, waitsOf(stats, at)]));
}

/** Returns waits that are up to a second old, as far as that number of activations can be queued still. */
function within(waits: RoutineWaits, queued: number): RoutineWaits {
  const limited = Math.min(waits.limited, queued);
  const delayed = Math.min(waits.delayed, queued - limited);
  return { ...waits, limited, delayed, limits: limited === 0 ? [] : waits.limits };
}

function waitsOf({ limited, delayed, keys, limits }: RoutineStats, at: number): RoutineWaits {
  return {
    limited,
    delayed,
    keys,
    limits: limits.map(({ nextIn, ...limit }) => ({
      ...limit,
      ...nextIn !== undefined && { nextAt: at + nextIn },
    })),
  };
}

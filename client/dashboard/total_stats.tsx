import type { JSX } from "preact";
import type { JobStatus } from "../../src/engine/job.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";
import type { Tone } from "../data/tone.ts";
import { viewHref } from "../data/route.ts";
import { waitTotals } from "../../src/run/wait_text.ts";
import { count, duration, rate } from "../text/format.ts";
import { Stat } from "../ui/stat.tsx";

interface TotalStatsProps {
  readonly flowId: string;
  readonly snapshot: RunSnapshot;
}

const STATUSES: readonly (readonly [JobStatus, Tone | undefined])[] = [
  ["pending", undefined],
  ["running", "run"],
  ["paused", "warn"],
  ["completed", "done"],
  ["failed", "fail"],
  ["cancelled", undefined],
];

/** Shows the totals of a flow. The numbers of jobs lead to lists of these jobs. */
export function TotalStats({ flowId, snapshot }: TotalStatsProps): JSX.Element {
  const { jobs, totals, workersBusy, workersLost, maxWorkers, concurrency, eta, routines } =
    snapshot;
  return (
    <div class="totals">
      <h2 class="sr-only">Totals</h2>
      <dl class="stats">
        {STATUSES.map(([status, tone]) => (
          <Stat
            key={status}
            label={`${status[0]?.toUpperCase()}${status.slice(1)}`}
            value={count(jobs[status])}
            tone={jobs[status] > 0 ? tone : undefined}
            href={viewHref(flowId, "jobs", { status })}
          />
        ))}
      </dl>
      <dl class="stats">
        <Stat label="Activations / s" value={rate(snapshot.rate)} />
        <Stat label="Queued" value={count(totals.queued + totals.held)} />
        {routines.some(({ waits }) => waits !== undefined) && (
          <Stat label="Waiting for limits" value={count(waitTotals(snapshot).limited)} />
        )}
        <Stat
          label="Executing"
          value={concurrency === undefined
            ? count(totals.executing)
            : `${count(totals.executing)} / ${count(concurrency)}`}
        />
        <Stat label="Retried" value={count(totals.retried)} />
        <Stat
          label="Workers busy"
          value={maxWorkers === undefined
            ? count(workersBusy)
            : `${count(workersBusy)} / ${count(maxWorkers)}`}
        />
        <Stat
          label="Workers lost"
          value={count(workersLost)}
          tone={workersLost > 0 ? "fail" : undefined}
        />
        {eta !== undefined && <Stat label="Remaining" value={duration(eta)} />}
      </dl>
    </div>
  );
}

import type { JSX } from "preact";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";
import { count } from "../text/format.ts";
import { Section } from "../ui/section.tsx";
import { Stat } from "../ui/stat.tsx";
import { WorkerTable } from "../ui/worker_table.tsx";
import { JobLink } from "./job_link.tsx";

/** Shows the workers of a flow. */
export function WorkersView(
  { flowId, snapshot }: { flowId: string; snapshot: RunSnapshot },
): JSX.Element {
  const { workers, workersBusy, workersLost, maxWorkers, totals, concurrency, at } = snapshot;
  return (
    <>
      <dl class="stats">
        <Stat label="Workers busy" value={count(workersBusy)} />
        <Stat label="Most workers" value={maxWorkers === undefined ? "–" : count(maxWorkers)} />
        <Stat
          label="Workers lost"
          value={count(workersLost)}
          tone={workersLost > 0 ? "fail" : undefined}
        />
        <Stat label="Executing" value={count(totals.executing)} />
        <Stat label="Concurrency" value={concurrency === undefined ? "–" : count(concurrency)} />
      </dl>
      <Section title="Workers" id="workers">
        <WorkerTable
          workers={workers}
          at={at}
          job={(jobId) => <JobLink flowId={flowId} jobId={jobId} />}
        />
      </Section>
    </>
  );
}

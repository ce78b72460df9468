// The overview of a flow: its totals, its rate, its graph with live counts, and the jobs that matter.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { FlowInfo } from "../../src/dashboard/api.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";
import type { RateHistory } from "../data/rate_history.ts";
import { viewHref } from "../data/route.ts";
import { ConnectionTable } from "../ui/connection_table.tsx";
import { FlowGraph } from "../ui/flow_graph.tsx";
import { RateChart } from "../ui/rate_chart.tsx";
import { RoutineTable } from "../ui/routine_table.tsx";
import { Section } from "../ui/section.tsx";
import { BreakpointButton } from "./breakpoint_button.tsx";
import { JobTable } from "./job_table.tsx";
import { RoutinePanel } from "./routine_panel.tsx";
import { TotalStats } from "./total_stats.tsx";

interface OverviewProps {
  readonly info: FlowInfo;
  readonly snapshot: RunSnapshot;
  readonly rates: RateHistory;
}

/** Shows a flow at a glance. */
export function Overview({ info, snapshot, rates }: OverviewProps): JSX.Element {
  const [selected, setSelected] = useState<string>();
  const { flowId, graph, breakpoints, stopped, canAct } = info;
  const numbers = snapshot.routines.find(({ routineId }) => routineId === selected);
  const control = canAct
    ? (routineId: string) => (
      <BreakpointButton routineId={routineId} isSet={breakpoints.includes(routineId)} />
    )
    : undefined;
  const stops = new Map<string, number>();
  for (const { routineId } of stopped) stops.set(routineId, (stops.get(routineId) ?? 0) + 1);
  return (
    <>
      <TotalStats flowId={flowId} snapshot={snapshot} />
      <Section title="Graph" id="graph">
        <FlowGraph
          graph={graph}
          snapshot={snapshot}
          selected={selected}
          onSelect={setSelected}
          breakpoints={breakpoints}
          stopped={stops}
        />
        {selected !== undefined && (
          <RoutinePanel
            routineId={selected}
            shape={graph.routines.find(({ routineId }) => routineId === selected)}
            numbers={numbers}
            now={snapshot.at}
            control={control?.(selected)}
            onClose={() => setSelected(undefined)}
          />
        )}
      </Section>
      <Section title="Rate" id="rate">
        <RateChart history={rates} version={snapshot.at} />
      </Section>
      <Section title="Routines" id="routines">
        <RoutineTable
          routines={snapshot.routines}
          now={snapshot.at}
          selected={selected}
          control={control}
        />
        <details>
          <summary>Connections</summary>
          <ConnectionTable connections={snapshot.connections} />
        </details>
      </Section>
      <div class="columns">
        <Section
          title="Longest running jobs"
          id="longest"
          tools={<a href={viewHref(flowId, "jobs", { status: "running" })}>All running jobs</a>}
        >
          <JobTable
            caption="Longest running jobs"
            flowId={flowId}
            rows={snapshot.longestJobs}
            now={snapshot.at}
            isShort
            empty="No job is running."
          />
        </Section>
        <Section
          title="Jobs that failed last"
          id="failed"
          tools={<a href={viewHref(flowId, "jobs", { status: "failed" })}>All failed jobs</a>}
        >
          <JobTable
            caption="Jobs that failed last"
            flowId={flowId}
            rows={snapshot.failedJobs}
            now={snapshot.at}
            isShort
            empty="No job has failed."
          />
        </Section>
      </div>
    </>
  );
}

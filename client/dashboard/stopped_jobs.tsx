import type { JSX } from "preact";
import type { FlowInfo, StoppedJob } from "../../src/dashboard/api.ts";
import { jobHref } from "../data/route.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "../ui/data_table.tsx";
import { Section } from "../ui/section.tsx";
import { useActions } from "./actions.tsx";

/** Lists the jobs that a breakpoint has stopped, each with the buttons that let it go on. */
export function StoppedJobs({ info }: { info: FlowInfo }): JSX.Element {
  const { act } = useActions();
  const { flowId, stopped, canAct } = info;
  const columns: Column<StoppedJob>[] = [
    {
      title: "Job",
      cell: ({ jobId }) => <a href={jobHref(flowId, jobId)}>{oneLine(jobId, 80)}</a>,
      isHead: true,
    },
    {
      title: "Go on",
      cell: ({ jobId }) => (
        <span class="row-buttons">
          <button
            type="button"
            class="small"
            disabled={!canAct}
            aria-label={`Step ${oneLine(jobId, 80)}`}
            onClick={() => act({ type: "step", jobId })}
          >
            Step
          </button>
          <button
            type="button"
            class="small"
            disabled={!canAct}
            aria-label={`Continue ${oneLine(jobId, 80)}`}
            onClick={() => act({ type: "continue", jobId })}
          >
            Continue
          </button>
        </span>
      ),
    },
    { title: "Before", cell: ({ routineId }) => oneLine(routineId, 80) },
    { title: "Activation", cell: ({ activationId }) => oneLine(activationId, 80), isWide: true },
  ];
  return (
    <Section title="Stopped at breakpoints" id="stopped">
      <DataTable
        caption="Jobs that are stopped at breakpoints"
        columns={columns}
        rows={stopped}
        keyOf={({ jobId, activationId }) => JSON.stringify([jobId, activationId])}
        pageSize={10}
      />
    </Section>
  );
}

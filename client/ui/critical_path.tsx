// The critical path of a job: a bar with the share of each step, and a table of the steps.

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { PathStep } from "../../src/report/run_report.ts";
import { count, duration } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "./data_table.tsx";

const KINDS: Readonly<Record<PathStep["kind"], string>> = {
  queued: "waits for a worker",
  delayed: "waits for a delay",
  signal: "waits for a signal",
  feed: "waits for its feed",
  executing: "executes",
};

/** The number of steps up to which the bar shows each of them. */
const MAX_PARTS = 400;

/** Shows the chain of waiting and executing that determined the duration of a job. */
export function CriticalPath({ steps }: { steps: readonly PathStep[] }): JSX.Element {
  const start = steps[0]?.startedAt ?? 0;
  const length = Math.max(1e-6, (steps.at(-1)?.endedAt ?? start) - start);
  const numbered = useMemo(() => steps.map((step, index) => ({ ...step, index })), [steps]);
  const columns: Column<(typeof numbered)[number]>[] = [
    { title: "Step", cell: ({ index }) => count(index + 1), isNumber: true },
    { title: "Routine", cell: ({ routineId }) => oneLine(routineId), isHead: true },
    { title: "State", cell: ({ kind }) => <StepKind kind={kind} /> },
    { title: "Activation", cell: ({ activationId }) => oneLine(activationId) },
    { title: "Attempt", cell: ({ attempt }) => attempt === 0 ? "" : attempt, isNumber: true },
    { title: "Start", cell: ({ startedAt }) => duration(startedAt - start), isNumber: true },
    { title: "Duration", cell: (step) => duration(step.endedAt - step.startedAt), isNumber: true },
    {
      title: "Share",
      cell: (step) => percent((step.endedAt - step.startedAt) / length),
      isNumber: true,
    },
  ];
  const sums = sumsOf(steps);
  return (
    <div class="critical-path">
      <p class="muted">
        {(Object.keys(KINDS) as PathStep["kind"][]).filter((kind) => sums[kind] > 0).map((kind) =>
          `${KINDS[kind]} ${duration(sums[kind])} (${percent(sums[kind] / length)})`
        ).join(" · ")}
      </p>
      <svg class="path-bar" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">
        {steps.slice(0, MAX_PARTS).map(({ kind, startedAt, endedAt }, index) => (
          <rect
            key={index}
            class={`path-${kind}`}
            x={(startedAt - start) / length * 1000}
            y={kind === "executing" ? 0 : 5}
            width={Math.max(0.5, (endedAt - startedAt) / length * 1000 - 0.8)}
            height={kind === "executing" ? 14 : 4}
          />
        ))}
      </svg>
      <DataTable
        caption="Critical path"
        columns={columns}
        rows={numbered}
        keyOf={({ index }) => `${index}`}
        empty="Nothing was executed."
        pageSize={25}
      />
    </div>
  );
}

function StepKind({ kind }: { kind: PathStep["kind"] }): JSX.Element {
  return (
    <>
      <span class={`path-mark path-mark-${kind}`} aria-hidden="true" /> {KINDS[kind]}
    </>
  );
}

function sumsOf(steps: readonly PathStep[]): Record<PathStep["kind"], number> {
  const sums = { queued: 0, delayed: 0, signal: 0, feed: 0, executing: 0 };
  for (const { kind, startedAt, endedAt } of steps) sums[kind] += endedAt - startedAt;
  return sums;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`;
}

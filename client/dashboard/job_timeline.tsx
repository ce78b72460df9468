import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { JobDetail } from "../../src/dashboard/api.ts";
import { activationRows, endOf } from "../data/spans_of.ts";
import { count } from "../text/format.ts";
import { Timeline } from "../ui/timeline.tsx";
import { useActions } from "./actions.tsx";

/** Shows the activations of a job in time. A job can be repeated from the one that is selected. */
export function JobTimeline(
  { detail, canAct }: { detail: JobDetail; canAct: boolean },
): JSX.Element {
  const { trace, omitted } = detail;
  const { ask } = useActions();
  const rows = useMemo(() => activationRows(trace), [trace]);
  const from = Math.min(trace.createdAt, ...omitted > 0 ? [] : [trace.lastAt]);
  const start = omitted > 0 ? rows[0]?.spans[0]?.start ?? from : from;
  return (
    <>
      {omitted > 0 && <p class="notice">The {count(omitted)} oldest activations are not shown.</p>}
      {trace.isPartial && (
        <p class="notice">The first events of this job are no longer in the store.</p>
      )}
      <Timeline
        name="Activations"
        rows={rows}
        whole={{ from: start, to: endOf(trace) }}
        details={({ activationId }) =>
          canAct && (
            <button
              type="button"
              class="small"
              onClick={() => ask({ type: "rerun", jobId: trace.jobId, from: activationId })}
            >
              Retry from here…
            </button>
          )}
      />
    </>
  );
}

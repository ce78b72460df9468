// The failed attempts of a job: each activation with its errors, its payload, and a button that repeats the job
// from there.

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { JobDetail } from "../../src/dashboard/api.ts";
import type { TracedActivation } from "../../src/run/job_trace.ts";
import { clock } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { Badge } from "../ui/badge.tsx";
import { ErrorView } from "../ui/error_view.tsx";
import { Pager } from "../ui/pager.tsx";
import { useActions } from "./actions.tsx";
import { ValueView } from "./value_view.tsx";

/** The number of activations of a page. */
const LIMIT = 10;

/** Shows the activations of a job that failed, latest first. */
export function JobFailures(
  { detail, canAct }: { detail: JobDetail; canAct: boolean },
): JSX.Element {
  const { trace, error, failedPayloads } = detail;
  const { ask } = useActions();
  const [offset, setOffset] = useState(0);
  const failed = useMemo(() => trace.activations.filter(hasFailed).reverse(), [trace]);
  const payloads = useMemo(
    () => new Map(failedPayloads.map(({ activationId, value }) => [activationId, value])),
    [failedPayloads],
  );
  // The error of the job is usually that of an activation, and need not be shown twice.
  const isOwn = error !== undefined &&
    !failed.some((activation) => activation.error?.message === error.message);
  return (
    <>
      {isOwn && (
        <>
          <h3>Error of the job</h3>
          <ErrorView error={error} />
        </>
      )}
      {failed.length === 0 && !isOwn && <p class="empty">No attempt has failed.</p>}
      <ul class="cards">
        {failed.slice(offset, offset + LIMIT).map((activation) => {
          const { activationId, routineId, slot, outcome, attempts } = activation;
          const payload = payloads.get(activationId);
          return (
            <li key={activationId} class="card">
              <div class="panel-head">
                <h3>{oneLine(routineId, 80)}.{oneLine(slot, 80)}</h3>
                <span class="muted">{oneLine(activationId, 80)}</span>
                <Badge status={outcome} />
                {canAct && (
                  <button
                    type="button"
                    class="small"
                    onClick={() => ask({ type: "rerun", jobId: trace.jobId, from: activationId })}
                  >
                    Retry from here…
                  </button>
                )}
              </div>
              {payload !== undefined && (
                <>
                  <h4>Payload</h4>
                  <ValueView value={payload} name={`Payload of ${oneLine(activationId, 80)}`} />
                </>
              )}
              {attempts.filter((attempt) => attempt.error !== undefined).map((attempt) => (
                <div key={attempt.attempt}>
                  <h4>
                    Attempt {attempt.attempt} at {clock(attempt.endedAt ?? attempt.startedAt)} on
                    {" "}
                    {oneLine(attempt.workerId, 80)}
                  </h4>
                  {attempt.error !== undefined && <ErrorView error={attempt.error} />}
                </div>
              ))}
              {attempts.every((attempt) => attempt.error === undefined) &&
                activation.error !== undefined && <ErrorView error={activation.error} />}
            </li>
          );
        })}
      </ul>
      {failed.length > LIMIT && (
        <Pager
          name="Failures"
          total={failed.length}
          offset={offset}
          limit={LIMIT}
          onOffset={setOffset}
        />
      )}
    </>
  );
}

function hasFailed({ error, attempts }: TracedActivation): boolean {
  return error !== undefined || attempts.some((attempt) => attempt.error !== undefined);
}

import type { JSX } from "preact";
import type { JobDetail, ShownValue } from "../../src/dashboard/api.ts";
import { oneLine } from "../text/printable.ts";
import { ValueView } from "./value_view.tsx";

/** Shows the shared data of a job and the states of its routines. */
export function JobData({ detail }: { detail: JobDetail }): JSX.Element {
  const { sharedData, routineStates } = detail;
  const states = routineStates.map(({ routineId, value }) => ({ key: routineId, value }));
  return (
    <div class="columns">
      <div>
        <h3>Shared data</h3>
        <Values entries={sharedData} empty="The job has no shared data." />
      </div>
      <div>
        <h3>Routine states</h3>
        <Values entries={states} empty="No routine has a state." />
      </div>
    </div>
  );
}

interface ValuesProps {
  readonly entries: readonly { readonly key: string; readonly value: ShownValue }[];
  readonly empty: string;
}

function Values({ entries, empty }: ValuesProps): JSX.Element {
  if (entries.length === 0) return <p class="empty">{empty}</p>;
  return (
    <dl class="values">
      {entries.map(({ key, value }) => (
        <div key={key}>
          <dt class="code">{oneLine(key, 200)}</dt>
          <dd>
            <ValueView value={value} name={oneLine(key, 80)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

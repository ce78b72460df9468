import type { ComponentChildren, JSX } from "preact";
import type { FailureGroup } from "../../src/run/run_snapshot.ts";
import { clock, plural } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { LongText } from "./long_text.tsx";

interface FailureListProps {
  readonly failures: readonly FailureGroup[];
  /** Returns the id of a job, with a link to it if it has a page. */
  readonly job: (jobId: string) => ComponentChildren;
}

/** Shows the failed attempts by cause, each with the place in the code. */
export function FailureList({ failures, job }: FailureListProps): JSX.Element {
  if (failures.length === 0) return <p class="empty">No attempt has failed.</p>;
  return (
    <ul class="cards">
      {failures.map((group) => (
        <li
          key={JSON.stringify([group.routineId, group.name, group.place, group.firstAt])}
          class="card"
        >
          <h3>
            <span class="text-fail">{oneLine(group.name, 60)}</span> in{" "}
            {oneLine(group.routineId, 60)}
          </h3>
          <p class="failure-message">{oneLine(group.message, 300)}</p>
          <dl class="facts">
            <div>
              <dt>Attempts</dt>
              <dd>{plural(group.count, "failed attempt")}</dd>
            </div>
            <div>
              <dt>Place</dt>
              <dd class="code">{oneLine(group.place ?? "unknown", 300)}</dd>
            </div>
            <div>
              <dt>First, last</dt>
              <dd>{clock(group.firstAt)}, {clock(group.lastAt)}</dd>
            </div>
            <div>
              <dt>Latest job</dt>
              <dd>{job(group.jobId)}, {oneLine(group.activationId, 60)}</dd>
            </div>
          </dl>
          <details>
            <summary>Stack</summary>
            <LongText
              name={`Stack of ${oneLine(group.name, 60)}`}
              text={group.stack ?? `${group.name}: ${group.message}`}
            />
          </details>
        </li>
      ))}
    </ul>
  );
}

import type { JSX } from "preact";
import type { FlowInfo, JobDetail } from "../../src/dashboard/api.ts";
import { waitSentence } from "../../src/run/wait_text.ts";
import { clock, count, dateTime, duration } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { Badge } from "../ui/badge.tsx";
import { useActions } from "./actions.tsx";

/** Shows the status and the counts of a job, and its actions. */
export function JobHeader({ info, detail }: { info: FlowInfo; detail: JobDetail }): JSX.Element {
  const { row, counts, trace, waits, omittedWaits, waitingFor, error } = detail;
  const { jobId, status, createdAt, startedAt, endedAt } = row;
  const { ask, askSignal, act } = useActions();
  // Those for signals are listed with buttons to send them.
  const others = waits.filter(({ reason }) => reason !== "signal");
  const isOpen = endedAt === undefined && info.canAct;
  const stop = info.stopped.find((stopped) => stopped.jobId === jobId);
  const facts: [string, string][] = [
    ["Created", dateTime(createdAt)],
    ["Waited for its start", duration(startedAt === undefined ? undefined : startedAt - createdAt)],
    ["Duration", duration((endedAt ?? trace.lastAt) - createdAt)],
    ["Queued, executing", `${count(counts.queued)}, ${count(counts.executing)}`],
    ["Completed, failed", `${count(counts.completed)}, ${count(counts.failed)}`],
    ["Skipped, cancelled", `${count(counts.skipped)}, ${count(counts.cancelled)}`],
    ["Retries", count(counts.retries)],
  ];
  return (
    <div class="job-head">
      <div class="job-line">
        <Badge status={status} />
        {stop !== undefined && (
          <span class="text-warn">stopped before {oneLine(stop.routineId, 80)}</span>
        )}
        <span class="top-space" />
        {isOpen && stop !== undefined && (
          <>
            <button type="button" onClick={() => act({ type: "step", jobId })}>Step</button>
            <button type="button" onClick={() => act({ type: "continue", jobId })}>Continue</button>
          </>
        )}
        {isOpen && status === "paused"
          ? (
            <button type="button" onClick={() => ask({ type: "resume", jobId })}>
              Resume
            </button>
          )
          : isOpen && (
            <button type="button" onClick={() => ask({ type: "pause", jobId })}>
              Pause
            </button>
          )}
        {isOpen && (
          <>
            <button
              type="button"
              onClick={() => askSignal(jobId, waitingFor[0]?.signal ?? "")}
            >
              Send a signal…
            </button>
            <button type="button" class="danger" onClick={() => ask({ type: "cancel", jobId })}>
              Cancel…
            </button>
          </>
        )}
      </div>
      <dl class="facts">
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {error !== undefined && (
        <p class="notice fail">{oneLine(`${error.name}: ${error.message}`, 300)}</p>
      )}
      {others.length + waitingFor.length > 0 && (
        <ul class="waits">
          {others.map((wait) => (
            <li key={JSON.stringify([wait.reason, wait.routineId, wait.key])}>
              <strong>{oneLine(wait.routineId, 80)}</strong>: {oneLine(
                waitSentence(wait, (time) => `at ${clock(time)}`),
                200,
              )}
            </li>
          ))}
          {omittedWaits > 0 && <li>and {count(omittedWaits)} more</li>}
          {waitingFor.map(({ signal, routineId, since }) => (
            <li key={`${signal} ${routineId} ${since}`}>
              <strong>{oneLine(routineId, 80)}</strong> waits for signal{" "}
              <strong>{oneLine(signal, 80)}</strong> since {clock(since)} {isOpen && (
                <button
                  type="button"
                  class="small"
                  onClick={() => askSignal(jobId, signal)}
                >
                  Send {oneLine(signal, 40)}…
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

// Timelines from traces: the spans of a job, and the rows for jobs, activations and workers. The timelines of the
// dashboard and of the report are drawn from them.

import type { JobTrace, TracedActivation, TracedWait } from "../../src/run/job_trace.ts";
import type { Span, TimelineRow } from "./span.ts";

/** Returns the spans of a job in the order of their starts; what is still open ends at `now`. */
export function spansOf(trace: JobTrace, now = endOf(trace)): Span[] {
  const spans = trace.activations.flatMap((activation) =>
    activationSpans(trace.jobId, activation, now)
  );
  for (const wait of trace.waits) spans.push(waitSpan(trace.jobId, wait, now));
  return spans.sort((a, b) => a.start - b.start);
}

/** Returns a row for each activation of a job. */
export function activationRows(trace: JobTrace, now = endOf(trace)): TimelineRow[] {
  const waits = Map.groupBy(trace.waits, ({ activationId }) => activationId);
  return trace.activations.map((activation) => {
    const { activationId, routineId, slot } = activation;
    const spans = activationSpans(trace.jobId, activation, now);
    for (const wait of waits.get(activationId) ?? []) {
      spans.push(waitSpan(trace.jobId, wait, now));
    }
    return { key: activationId, label: routineId, note: slot, spans };
  });
}

/** Returns a row for each job. */
export function jobRows(traces: readonly JobTrace[]): TimelineRow[] {
  return traces.map((trace) => ({
    key: trace.jobId,
    label: trace.jobId,
    note: trace.status,
    spans: spansOf(trace),
  }));
}

/** Returns rows for each worker: as many as it executed activations at the same time. */
export function workerRows(traces: readonly JobTrace[]): TimelineRow[] {
  const executing = traces.flatMap((trace) => spansOf(trace))
    .filter(({ kind }) => kind === "executing").sort((a, b) => a.start - b.start);
  const byWorker = Map.groupBy(executing, ({ by }) => by ?? "");
  const workers = [...byWorker].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
  return workers.flatMap(([workerId, spans]) =>
    lanesOf(spans).map((lane, index) => ({
      key: `${workerId} ${index}`,
      label: workerId,
      note: index === 0 ? "" : `lane ${index + 1}`,
      spans: lane,
    }))
  );
}

/** Returns the time up to which a trace is known. */
export function endOf({ endedAt, lastAt }: JobTrace): number {
  return endedAt ?? lastAt;
}

/** Distributes spans over lanes so that none overlap within a lane. */
function lanesOf(spans: readonly Span[]): Span[][] {
  const lanes: { end: number; spans: Span[] }[] = [];
  for (const span of spans) {
    // Clocks of workers are compared, so an overlap of less than this is none.
    let lane = lanes.find(({ end }) => end <= span.start + 0.05);
    if (lane === undefined) lanes.push(lane = { end: 0, spans: [] });
    lane.spans.push(span);
    lane.end = span.end;
  }
  return lanes.map(({ spans }) => spans);
}

function activationSpans(jobId: string, activation: TracedActivation, now: number): Span[] {
  const { activationId, routineId, attempts } = activation;
  const spans: Span[] = [];
  const add = (part: Pick<Span, "kind" | "start" | "end" | "attempt"> & Partial<Span>) => {
    if (part.end > part.start || part.kind === "executing") {
      spans.push({ outcome: undefined, by: undefined, jobId, activationId, routineId, ...part });
    }
  };
  let before = activation.queuedAt;
  for (const { attempt, readyAt, startedAt, endedAt, outcome, workerId } of attempts) {
    // An interrupted attempt waits for a worker again, under the same number.
    const kind = attempt > 1 || spans.length === 0 ? "delayed" : "queued";
    add({ kind, start: before, end: Math.min(readyAt, startedAt), attempt });
    add({ kind: "queued", start: Math.max(readyAt, before), end: startedAt, attempt });
    before = Math.max(startedAt, endedAt ?? now);
    add({ kind: "executing", start: startedAt, end: before, attempt, outcome, by: workerId });
  }
  const { outcome, endedAt, readyAt } = activation;
  if (outcome === "queued" || outcome === "held" || attempts.length === 0) {
    const end = endedAt ?? now;
    const attempt = attempts.length + 1;
    const ready = Math.min(Math.max(readyAt, before), end);
    add({ kind: "delayed", start: before, end: ready, attempt });
    add({ kind: "queued", start: ready, end, attempt });
  }
  return spans;
}

function waitSpan(jobId: string, wait: TracedWait, now: number): Span {
  const { activationId, routineId, signal, since, endedAt } = wait;
  return {
    kind: "signal",
    outcome: undefined,
    start: since,
    end: endedAt ?? now,
    jobId,
    activationId,
    routineId,
    attempt: 0,
    by: signal,
  };
}

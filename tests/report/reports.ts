import type { JobEvent } from "../../src/engine/job_event.ts";
import { reportOf } from "../../src/report/report_of.ts";
import type { ReportOptions } from "../../src/report/report_of.ts";
import type { RunReport } from "../../src/report/run_report.ts";
import type { RunSource } from "../../src/run/run_source.ts";

/** Clears the screen, sets a title, rings, hides what follows, turns the direction, ends lines. */
export const EVIL = "a\u001b[2J\u001b]0;title\u0007\u009b8m\u202e\r\n\u2028\u007fz";

/** The events of jobs as a source, such as a journal. */
export function sourceOf(
  streams: readonly (readonly JobEvent[])[],
  more: Partial<RunSource> = {},
): RunSource {
  const byId = new Map(streams.map((events) => [events[0]?.jobId ?? "", events]));
  return {
    flowId: "flow",
    graph: { routines: [], connections: [] },
    status: "recorded",
    maxWorkers: undefined,
    concurrency: undefined,
    flow: undefined,
    latestIds: (limit) => [...byId.keys()].slice(-limit),
    eventsOf: (jobId, after = 0) => (byId.get(jobId) ?? []).filter(({ seq }) => seq > after),
    job: () => undefined,
    open: () => ({
      poll() {},
      closed: new Promise(() => {}),
      [Symbol.dispose]() {},
    }),
    ...more,
  };
}

/** The events of a job with a chain of executions, of which every third is a failed attempt. */
export function streamOf(
  jobId: string,
  executions: number,
  name = "step",
  message = name,
): JobEvent[] {
  const at = 1000;
  const activation = { activationId: `${jobId}/1`, routineId: name, slot: name, payload: name };
  const events: JobEvent[] = [
    { type: "job_started", jobId, flowId: "flow", seq: 1, at, activation },
  ];
  const stack = `${name}: ${message}\n    at f (file:///${name}.ts:3:9)`;
  const error = { name, message, stack };
  let [time, attempt] = [at, 1];
  let one = activation;
  const add = (event: object) => {
    events.push({ jobId, seq: events.length + 1, at: time, ...event } as JobEvent);
  };
  for (let i = 0; i < executions; i++) {
    const { activationId, routineId, slot } = one;
    const ids = { activationId, routineId, slot, attempt };
    time += 5;
    add({ type: "activation_started", ...ids, workerId: name });
    const span = { workerId: name, startedAt: time, endedAt: time += 10 };
    if (i % 3 === 2 && i < executions - 1) {
      add({ type: "activation_retrying", ...ids, execution: span, error, dueAt: time += 20 });
      attempt++;
      continue;
    }
    attempt = 1;
    const next = {
      ...activation,
      activationId: `${jobId}/${i + 2}`,
      from: activationId,
      event: name,
    };
    const queued = i < executions - 1 ? [next] : [];
    const effects = { emits: [], writes: [], logs: [], states: [] };
    add({ type: "activation_completed", ...ids, ...span, effects, queued, unrouted: 0 });
    one = next;
  }
  if (executions > 0) add({ type: "job_completed" });
  return events;
}

/** A report of two jobs, of which one failed, whose texts are all the same. */
export function anyReport(
  { name, executions, message = name, ...options }: ReportOptions & {
    readonly name: string;
    readonly executions: number;
    readonly message?: string;
  },
): RunReport {
  const failing = streamOf(`${name}2`, executions, name, message).slice(0, -1);
  const last = failing.at(-1);
  if (last !== undefined && executions > 0) {
    const about = { jobId: last.jobId, at: last.at };
    const error = { name, message };
    failing.push(
      { type: "job_stopping", ...about, seq: last.seq + 1, outcome: "failed", error },
      { type: "job_failed", ...about, seq: last.seq + 2 },
    );
  }
  const graph = {
    routines: [{ routineId: name, slots: [name], events: [name] }],
    connections: [{ from: name, event: name, to: name, slot: name }],
  };
  const source = sourceOf([streamOf(name, executions, name, message), failing], {
    flowId: name,
    graph,
  });
  return reportOf(source, options);
}

// A run that is the same each time: traces of jobs of a flow, as if four workers had executed them. The pages are
// tested and photographed with it.

import type {
  AttemptOutcome,
  JobTrace,
  TracedActivation,
  TracedAttempt,
} from "../../src/run/job_trace.ts";
import type { GraphShape } from "../../src/run/graph_shape.ts";

/** The start of the run: 2026-05-04 12:00 UTC. */
export const START = Date.UTC(2026, 4, 4, 12);

export const GRAPH: GraphShape = {
  routines: [
    { routineId: "source", slots: ["trigger"], events: ["reading"] },
    { routineId: "parse", slots: ["input"], events: ["parsed", "rejected"] },
    { routineId: "enrich", slots: ["input"], events: ["enriched"] },
    { routineId: "classify", slots: ["input"], events: ["normal", "alarm"] },
    { routineId: "store", slots: ["input"], events: ["stored"] },
    { routineId: "notify", slots: ["alarm"], events: [] },
    { routineId: "quarantine", slots: ["input"], events: [] },
  ],
  connections: [
    { from: "source", event: "reading", to: "parse", slot: "input" },
    { from: "parse", event: "parsed", to: "enrich", slot: "input" },
    { from: "parse", event: "rejected", to: "quarantine", slot: "input" },
    { from: "enrich", event: "enriched", to: "classify", slot: "input" },
    { from: "classify", event: "normal", to: "store", slot: "input" },
    { from: "classify", event: "alarm", to: "notify", slot: "alarm" },
  ],
};

/** The mean duration of each routine, in milliseconds. */
const MEANS: Readonly<Record<string, number>> = {
  source: 12,
  parse: 30,
  enrich: 95,
  classify: 40,
  store: 22,
  notify: 60,
  quarantine: 8,
};

const TIMEOUT = {
  name: "TimeoutError",
  message: "the enrichment service did not answer within 80 ms",
  stack: "TimeoutError: the enrichment service did not answer within 80 ms\n" +
    "    at lookUp (file:///app/routines/enrich.ts:41:13)\n" +
    "    at input (file:///app/routines/enrich.ts:18:24)",
};

interface Task {
  readonly job: number;
  readonly activation: TracedActivation & { attempts: TracedAttempt[] };
  readonly readyAt: number;
  readonly attempt: number;
  /** The number of readings that lie before it. */
  readonly path: number;
}

/** A number from 0 to 1 that depends on nothing but its seed. */
export function noise(seed: number): number {
  let value = seed * 2654435761 >>> 0;
  value = Math.imul(value ^ value >>> 15, 0x2c1b3c6d);
  value = Math.imul(value ^ value >>> 12, 0x297a2d39);
  return ((value ^ value >>> 15) >>> 0) / 2 ** 32;
}

/** Simulates jobs on workers until `until`, in milliseconds after the start, or until all have ended. */
export function sampleTraces(
  { jobs = 40, readings = 3, workers = 4, until = Infinity, graph = GRAPH } = {},
): JobTrace[] {
  const traces = Array.from({ length: jobs }, (_, job) => emptyTrace(job, START + job * 25));
  const tasks: Task[] = [];
  const free = Array.from({ length: workers }, () => START);
  let seed = 1;
  let number = 0;

  const enqueue = (
    job: number,
    from: string | undefined,
    path: number,
    event: string | undefined,
    at: number,
    to: string,
    slot: string,
  ) => {
    const trace = traces[job];
    if (trace === undefined) return;
    const activation = {
      activationId: `a${++number}`,
      routineId: to,
      slot,
      from,
      event,
      queuedAt: at,
      readyAt: at,
      endedAt: undefined,
      outcome: "queued" as const,
      attempts: [],
      error: undefined,
    };
    trace.activations.push(activation);
    tasks.push({ job, activation, readyAt: at, attempt: 1, path });
  };
  for (const [job, trace] of traces.entries()) {
    enqueue(job, undefined, 0, undefined, trace.createdAt, "source", "trigger");
  }

  while (tasks.length > 0) {
    tasks.sort((a, b) => a.readyAt - b.readyAt);
    const task = tasks.shift();
    if (task === undefined) break;
    const worker = free.indexOf(Math.min(...free));
    const startedAt = Math.max(task.readyAt + 0.4, free[worker] ?? START);
    if (startedAt > START + until) continue;
    const { routineId } = task.activation;
    const length = (MEANS[routineId] ?? 20) * (0.4 + 1.2 * noise(++seed));
    const isOpen = startedAt + length > START + until;
    const endedAt = startedAt + length;
    const fails = routineId === "enrich" && noise(++seed) < 0.16;
    const isLast = task.attempt >= 3;
    const outcome: AttemptOutcome = isOpen
      ? "executing"
      : !fails
      ? "completed"
      : isLast
      ? "failed"
      : "retried";
    free[worker] = endedAt;
    const trace = traces[task.job];
    if (trace === undefined || trace.status === "failed") continue;
    const activation = task.activation as Writable<Task["activation"]>;
    activation.readyAt = task.readyAt;
    activation.attempts.push({
      attempt: task.attempt,
      workerId: `worker-${worker + 1}`,
      readyAt: task.readyAt,
      startedAt,
      endedAt: isOpen ? undefined : endedAt,
      isMeasured: !isOpen,
      outcome,
      error: fails && !isOpen ? TIMEOUT : undefined,
    });
    activation.outcome = isOpen
      ? "executing"
      : outcome === "retried"
      ? "queued"
      : outcome === "failed"
      ? "failed"
      : "completed";
    trace.status = "running";
    trace.lastAt = Math.max(trace.lastAt, isOpen ? START + until : endedAt);
    if (isOpen) continue;
    if (outcome === "retried") {
      activation.readyAt = endedAt + 40 * task.attempt;
      tasks.push({ ...task, attempt: task.attempt + 1, readyAt: activation.readyAt });
      continue;
    }
    activation.endedAt = endedAt;
    if (outcome === "failed") {
      activation.error = TIMEOUT;
      trace.status = "failed";
      trace.error = TIMEOUT;
      trace.endedAt = endedAt;
      continue;
    }
    const emitted = emitsOf(routineId, readings, noise(++seed));
    for (const [index, event] of emitted.entries()) {
      for (const { from, event: name, to, slot } of graph.connections) {
        if (from === routineId && name === event) {
          enqueue(
            task.job,
            activation.activationId,
            task.path * readings + index,
            event,
            endedAt,
            to,
            slot,
          );
        }
      }
    }
  }
  for (const trace of traces) settle(trace, until);
  return traces;
}

function emitsOf(routineId: string, readings: number, chance: number): string[] {
  if (routineId === "source") return Array.from({ length: readings }, () => "reading");
  if (routineId === "parse") return [chance < 0.1 ? "rejected" : "parsed"];
  if (routineId === "enrich") return ["enriched"];
  if (routineId === "classify") return [chance < 0.25 ? "alarm" : "normal"];
  return routineId === "store" ? ["stored"] : [];
}

function settle(trace: MutableTrace, until: number): void {
  const open = trace.activations.filter(({ endedAt }) => endedAt === undefined);
  if (trace.status === "failed") {
    for (const activation of open) {
      Object.assign(activation, { outcome: "cancelled", endedAt: trace.endedAt });
      const last = activation.attempts.at(-1);
      if (last !== undefined && last.endedAt === undefined) {
        Object.assign(last, { outcome: "cancelled", endedAt: trace.endedAt });
      }
    }
    trace.lastAt = trace.endedAt ?? trace.lastAt;
  } else if (open.length === 0) {
    trace.status = "completed";
    trace.endedAt = trace.lastAt;
  } else if (Number.isFinite(until)) {
    trace.lastAt = START + until;
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type MutableTrace = Writable<JobTrace> & {
  activations: (TracedActivation & { attempts: TracedAttempt[] })[];
};

function emptyTrace(job: number, createdAt: number): MutableTrace {
  return {
    jobId: `job_${(job + 1).toString().padStart(4, "0")}`,
    flowId: "readings",
    status: "pending",
    createdAt,
    lastAt: createdAt,
    endedAt: undefined,
    error: undefined,
    activations: [],
    waits: [],
    isPartial: false,
  };
}

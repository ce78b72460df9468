import type { JobEvent } from "../engine/job_event.ts";
import type { EventReader } from "../flow/event_reader.ts";
import type { Flow } from "../flow/flow.ts";
import { latestIds } from "../flow/job_table.ts";
import { graphShapeOf } from "./graph_shape.ts";
import type { RunSource, RunStream } from "./run_source.ts";

/** Returns a flow of this process as the source of views. */
export function flowSource(flow: Flow): RunSource {
  return {
    flowId: flow.id,
    maxWorkers: flow.maxWorkers,
    concurrency: flow.concurrency,
    flow,
    get graph() {
      return graphShapeOf(flow.graph);
    },
    get status() {
      return flow.status;
    },
    latestIds: (limit) => latestIds(flow.jobs, limit),
    eventsOf: (jobId, after = 0) => storedEvents(flow, jobId, after),
    job: (jobId) => flow.status === "closed" ? flow.jobs.get(jobId) : flow.job(jobId),
    stats: () => flow.graph.nodes.some(({ isLimited }) => isLimited) ? flow.stats() : undefined,
    open: (onEvent) => streamOf(flow, onEvent),
  };
}

function streamOf(flow: Flow, onEvent: (event: JobEvent) => void): RunStream {
  if (flow.status === "closed") return ENDED;
  // The only implementation of a stream; imported as a type, so that a report does not load it.
  const events = flow.events() as EventReader;
  events.deliverTo(onEvent);
  return {
    poll() {},
    closed: events.closed,
    [Symbol.dispose]() {
      void events.return?.();
    },
  };
}

/** Reads the stored part of a job's stream, without waiting for more. */
function storedEvents(flow: Flow, jobId: string, after: number): readonly JobEvent[] {
  if (flow.status === "closed") return [];
  const events = flow.events({ jobId, after });
  const stored = events.take();
  void events.return?.();
  return stored;
}

/** The stream of a flow that is closed. */
const ENDED: RunStream = {
  poll() {},
  closed: Promise.resolve(),
  [Symbol.dispose]() {},
};

// Compares the outcomes of the tasks of a round with the expected ones.

import type { JobState } from "@millrace/flow";
import type { Entry } from "./entry.ts";
import { faultOf, faultsIn, overlapFaults, type Span } from "./oracle.ts";
import type { Plan } from "./plan.ts";
import type { WatchedTask } from "./watched_task.ts";

/** A round that is over. */
export interface Past {
  readonly plan: Plan;
  readonly entries: readonly Entry[];
  /** The number of calls of the handler of each task, if that is known. */
  readonly starts: Int32Array | undefined;
  /** Set if the pool was closed in the midst of work. */
  readonly isClosed: boolean;
  /** When it began and ended, in epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Says what is wrong. */
export function judge({ plan, entries, starts, isClosed, from, to }: Past): string[] {
  const spans: Span[][] = [[], [], []];
  // Only the end of a worker may lead to a second execution.
  const isOnce = !isClosed && !entries.some(({ kind }) => kind.kills);
  const faults = entries.flatMap((entry, index) => {
    const { task, job, end, isStopped } = entry;
    const { nonce, kind, origin } = entry.plan;
    const own = end && faultOf(entry.plan, end, { isStopped, isClosed });
    const found = own === undefined ? [] : [own];
    if (task !== undefined) {
      found.push(...faultsOfTask(task, starts?.[index], isOnce));
      const span = task.outcome?.execution;
      if (span !== undefined) spans[origin === "first" ? 0 : 1]?.push({ nonce, ...span });
    }
    if (job !== undefined) spans[2]?.push(...spansOf(job, nonce));
    return found.map((fault) => `${nonce} (${kind}, ${origin}) ${fault}`);
  });
  return [...faults, ...faultsIn(spans.flat(), from, to), ...overlapFaults(plan, spans)];
}

function faultsOfTask(task: WatchedTask, starts: number | undefined, isOnce: boolean): string[] {
  const { nonce, outcome, progressed, restarts, workerId } = task;
  const faults: string[] = [];
  const execution = outcome?.execution;
  if (isOnce && (starts ?? 0) + restarts > (execution === undefined ? 0 : 1)) {
    faults.push(`was started ${starts} times, restarted ${restarts} times`);
  }
  if (outcome?.error === undefined && execution !== undefined && starts === 0) {
    faults.push("ended well and was not executed");
  }
  if (progressed.some((data) => data !== nonce)) faults.push(`reports progress ${progressed}`);
  if (execution !== undefined && restarts === 0 && workerId !== execution.workerId) {
    faults.push(`began at ${workerId} and ended at ${execution.workerId}`);
  }
  return faults;
}

/** Returns the spans of a job's activations, by its history. */
function spansOf(job: JobState, nonce: string): Span[] {
  const started = new Map<string, number>();
  const spans: Span[] = [];
  for (const { event, activationId, attempt, timestamp, workerId } of job.executionHistory) {
    const key = `${activationId}/${attempt}`;
    if (event === "started") started.set(key, timestamp);
    const startedAt = started.get(key);
    if (startedAt === undefined || event === "started" || event === "emitted") continue;
    // An attempt that was not executed has no worker at its end.
    if (workerId !== undefined) spans.push({ nonce, startedAt, endedAt: timestamp, workerId });
    started.delete(key);
  }
  return spans;
}

import type { RunReport } from "../../src/report/run_report.ts";
import type { TimeWindow } from "../data/time_window.ts";

/** Returns the time from the first event of a run to its last. */
export function runWindow({ jobs, figures }: RunReport): TimeWindow {
  let [from, to] = [Infinity, -Infinity];
  for (const { trace } of jobs) {
    from = Math.min(from, trace.createdAt);
    to = Math.max(to, trace.lastAt, trace.endedAt ?? 0);
  }
  if (from === Infinity) [from, to] = [figures.startedAt, figures.endedAt];
  return { from, to };
}

import type { JobWait } from "../engine/job_waits.ts";
import type { JobState } from "../flow/job_state.ts";
import type { RunSource } from "./run_source.ts";
import type { JobRow } from "./run_snapshot.ts";

/** The number of waits of a job in a row. */
const MOST_WAITS = 10;

/**
 * The number of activations from which on the waits of no more jobs of a list are looked up, as each lookup passes through
 * all that have not ended.
 */
const MOST_OPEN = 50_000;

/** Returns the row of a job with what it waits for, if it executes nothing. */
export function withWaits(row: JobRow, source: Pick<RunSource, "job" | "flow">): JobRow {
  if (row.waits !== undefined || !isIdle(row)) return row;
  const all = jobOf(source, row.jobId)?.waits ?? [];
  const waits = mostWaits(source.flow === undefined ? recordedWaits(all) : all);
  return waits.length === 0 ? row : { ...row, waits };
}

/** Returns rows with what their jobs wait for: of those that execute nothing, the first ones. */
export function rowsWithWaits(
  rows: readonly JobRow[],
  source: Pick<RunSource, "job" | "flow">,
): JobRow[] {
  let open = 0;
  return rows.map((row) => {
    if (!isIdle(row) || open >= MOST_OPEN) return row;
    open += row.queued + row.held + row.waiting;
    return withWaits(row, source);
  });
}

/** Checks whether a job has something to wait for, and executes nothing. */
export function isIdle({ executing, queued, held, waiting }: JobRow): boolean {
  return executing === 0 && queued + held + waiting > 0;
}

/**
 * Returns the waits of most activations, as each key of a limit has a wait of its own.
 *
 * @param most The maximum number.
 */
export function mostWaits(waits: readonly JobWait[], most: number = MOST_WAITS): JobWait[] {
  return waits.toSorted((a, b) => b.count - a.count).slice(0, most);
}

/**
 * Returns the waits that the record of a job shows: for times, signals and a resume. Only the flow that runs a job knows if
 * its other activations wait for a worker, a turn or a limit.
 */
export function recordedWaits(waits: readonly JobWait[]): JobWait[] {
  return waits.filter(({ reason }) => reason !== "worker");
}

/** Returns a job; `undefined` if it cannot be read, as during an outage of its store. */
function jobOf(source: Pick<RunSource, "job">, jobId: string): JobState | undefined {
  try {
    return source.job(jobId);
  } catch {
    return undefined;
  }
}

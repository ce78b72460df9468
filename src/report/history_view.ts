// Shows the history of a job as a table with a line per attempt. `job_view.ts` prints it.

import type { ExecutionRecord } from "../engine/history_of.ts";
import { printable } from "../errors/printable.ts";
import { since } from "../terminal/duration.ts";
import { pad } from "../terminal/pad.ts";
import type { Palette } from "../terminal/palette.ts";
import { table } from "../terminal/table.ts";

/** One attempt at an activation, or a wait for a signal, with the time of each of its states. */
interface Row {
  readonly name: string;
  workerId: string;
  queued: string;
  started: string;
  readonly emitted: string[];
  ended: string;
  outcome: string;
}

/** The minimum number of columns for showing what was emitted. */
const MIN_COLUMNS = 60;

/**
 * Shows a history as one line per attempt, with the time of each record in milliseconds from a start.
 */
export function historyView(
  history: readonly ExecutionRecord[],
  start: number,
  columns: number,
  palette: Palette,
): string[] {
  const rows = new Map<string, Row>();
  for (const record of history) {
    // It is queued for its first attempt.
    const key = `${waitOf(record) ?? record.activationId} ${Math.max(1, record.attempt)}`;
    const row = rows.getOrInsertComputed(key, () => newRow(record));
    show(row, record, since(start, record.timestamp));
  }
  if (rows.size === 0) return [];
  const shown = [...rows.values()];
  const allCompleted = shown.every(({ outcome }) => outcome === "completed");
  const hasEmits = columns >= MIN_COLUMNS;
  const cells = shown.map(({ name, workerId, queued, started, emitted, ended, outcome }) => [
    name,
    palette.worker(workerId)(printable(workerId)),
    queued,
    started,
    ...hasEmits ? [emitted.join(", ")] : [],
    ended,
    ...allCompleted ? [] : [palette.status(outcome)],
  ]);
  const head = ["activation", "on", "queued", "started", ...hasEmits ? ["emitted"] : []];
  const [first = "", ...lines] = table(
    [[...head, allCompleted ? "completed" : "ended"], ...cells],
    [2, 3, head.length],
  );
  return [palette.dim(first), ...lines];
}

function newRow(record: ExecutionRecord): Row {
  const { routineId, slot, attempt, data } = record;
  const again = attempt > 1 ? ` (attempt ${attempt})` : "";
  const signal = waitOf(record) === undefined ? "" : ` (signal ${printable(String(data?.signal))})`;
  const name = `${printable(`${routineId}.${slot}`)}${signal}${again}`;
  return { name, workerId: "", queued: "", started: "", emitted: [], ended: "", outcome: "" };
}

function waitOf({ data }: ExecutionRecord): string | undefined {
  return typeof data?.waitId === "string" ? data.waitId : undefined;
}

function show(row: Row, { event, workerId, data }: ExecutionRecord, at: string): void {
  row.workerId ||= workerId ?? "";
  switch (event) {
    case "queued":
    case "started":
      row[event] = at;
      return;
    case "waiting":
      [row.queued, row.outcome] = [at, event];
      return;
    case "emitted":
      row.emitted.push(`${pad(at, "+1000.0".length, true)} ${printable(String(data?.event))}`);
      return;
    // These records give the consequence of a failure, which has ended the attempt.
    case "retrying":
      row.outcome = "retried";
      return;
    case "skipped":
      row.outcome = event;
      return;
    default:
      [row.ended, row.outcome] = [at, event];
  }
}

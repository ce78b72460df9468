import { dim } from "@std/fmt/colors";
import type { ExecutionRecord } from "@millrace/flow";
import { ofWorker, status } from "./palette.ts";
import { printable } from "./printable.ts";
import { pad, since, table } from "./text.ts";

/** One attempt at an activation, with the time of each of its states. */
interface Attempt {
  readonly name: string;
  workerId: string;
  queued: string;
  started: string;
  readonly emitted: string[];
  ended: string;
  outcome: string;
}

/**
 * Shows a history as one line per attempt, with the time of each record in milliseconds from a
 * start.
 */
export function historyView(history: readonly ExecutionRecord[], start: number): string[] {
  const attempts = new Map<string, Attempt>();
  for (const record of history) {
    // It is queued for its first attempt.
    const key = `${record.activationId} ${Math.max(1, record.attempt)}`;
    const attempt = attempts.get(key) ?? newAttempt(record);
    attempts.set(key, attempt);
    tell(attempt, record, since(start, record.timestamp));
  }
  if (attempts.size === 0) return [];
  const told = [...attempts.values()];
  const allCompleted = told.every(({ outcome }) => outcome === "completed");
  const head = ["activation", "on", "queued", "started", "emitted"];
  const rows = told.map(({ name, workerId, queued, started, emitted, ended, outcome }) => [
    name,
    ofWorker(workerId)(printable(workerId)),
    queued,
    started,
    emitted.join(", "),
    ended,
    ...allCompleted ? [] : [status(outcome)],
  ]);
  const [first = "", ...lines] = table(
    [[...head, allCompleted ? "completed" : "ended"], ...rows],
    [2, 3, 5],
  );
  return [dim(first), ...lines];
}

function newAttempt({ routineId, slot, attempt }: ExecutionRecord): Attempt {
  const name = `${printable(`${routineId}.${slot}`)}${attempt > 1 ? ` (attempt ${attempt})` : ""}`;
  return { name, workerId: "", queued: "", started: "", emitted: [], ended: "", outcome: "" };
}

function tell(attempt: Attempt, { event, workerId, data }: ExecutionRecord, at: string): void {
  attempt.workerId ||= workerId ?? "";
  switch (event) {
    case "queued":
    case "started":
      attempt[event] = at;
      return;
    case "emitted":
      attempt.emitted.push(`${pad(at, "+1000.0".length, true)} ${printable(String(data?.event))}`);
      return;
    // These records give the consequence of a failure, which has ended the attempt.
    case "retrying":
      attempt.outcome = "retried";
      return;
    case "skipped":
      attempt.outcome = event;
      return;
    default:
      [attempt.ended, attempt.outcome] = [at, event];
  }
}

import { MillraceError } from "../errors/millrace_error.ts";
import { RoutineNotExportedError } from "../errors/routine_not_exported_error.ts";
import type { FlowIssue } from "../graph/flow_issue.ts";

/** Tells what a worker found wrong with a routine as an issue of its flow. */
export function loadIssue(error: Error): FlowIssue {
  const [message = "", fix = "grant what it needs and make it load by itself"] = error.message
    .split("; ");
  return {
    code: error instanceof RoutineNotExportedError ? "not_exported" : "not_loadable",
    severity: "error",
    place: error instanceof MillraceError ? error.routineId ?? "the pool" : "the pool",
    message,
    fix,
  };
}

import { MillraceError, problemAndFix } from "../errors/millrace_error.ts";
import { RoutineNotExportedError } from "../errors/worker_errors.ts";
import type { FlowIssue } from "../graph/flow_issue.ts";

/** Converts errors of loading routines to issues of their flow, without duplicates. */
export function loadIssues(errors: readonly Error[]): FlowIssue[] {
  const issues = errors.map(loadIssue);
  // A worker that cannot start reports the same error for every routine.
  return [...new Map(issues.map((issue) => [`${issue.place} ${issue.message}`, issue])).values()];
}

function loadIssue(error: Error): FlowIssue {
  const { routineId } = error instanceof MillraceError ? error : {};
  const { problem, fix = "grant what it needs and make it load by itself" } = problemAndFix(error);
  return {
    code: error instanceof RoutineNotExportedError ? "not_exported" : "not_loadable",
    severity: "error",
    place: routineId ?? "the pool",
    message: problem,
    fix,
  };
}

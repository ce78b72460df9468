import { MillraceError } from "./millrace_error.ts";

/** A routine is not an export of its module, so a worker has no way to find it. */
export class RoutineNotExportedError extends MillraceError {
  /** Always `"RoutineNotExportedError"`. */
  override readonly name = "RoutineNotExportedError";
}

import { MillraceError } from "./millrace_error.ts";

/** A routine's module could not be loaded in a worker. What it threw is the `cause`. */
export class ModuleLoadError extends MillraceError {
  /** Always `"ModuleLoadError"`. */
  override readonly name = "ModuleLoadError";
}

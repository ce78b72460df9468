import { MillraceError } from "./millrace_error.ts";

/** Something a routine left running failed outside its handler; its worker was given up. The failure is the `cause`. */
export class UncaughtError extends MillraceError {
  /** Always `"UncaughtError"`. */
  override readonly name = "UncaughtError";
}

import { type Place, placeError } from "./place.ts";

/**
 * The base class of all errors that Millrace itself throws. Each kind is a class with a literal `name`, a
 * message that names the place and the fix, and the ids of the place as fields. An error thrown by a routine
 * is no `MillraceError`: it retains its own class, and the same ids are added to it.
 *
 * @example Distinguishing Millrace's errors from a routine's
 * ```ts
 * import { MillraceError } from "@millrace/flow";
 * import { ClosedError } from "@millrace/flow/errors";
 *
 * const error: unknown = new ClosedError("the pool");
 * if (error instanceof MillraceError) console.log(error.name, error.jobId);
 * ```
 */
export class MillraceError extends Error implements Place {
  /** The name of its class. */
  override readonly name: string = "MillraceError";
  /** The flow, when there is one. */
  declare readonly flowId?: string;
  /** The job, when there is one. */
  declare readonly jobId?: string;
  /** The routine's id in the flow, when there is one. */
  declare readonly routineId?: string;
  /** The slot, when there is one. */
  declare readonly slot?: string;
  /** The activation, when there is one. */
  declare readonly activationId?: string;
  /** The attempt at the activation, from 1, when there is one. */
  declare readonly attempt?: number;
  /** The worker, when there is one. */
  declare readonly workerId?: string;
  /** The fix, if it is available separately from the message, which ends with it. */
  declare readonly fix?: string;

  /**
   * Creates the error.
   *
   * @param message The message: the fault, its place, and the fix.
   * @param options The `cause`, the fix, and the ids that place the error.
   */
  constructor(message: string, options: MillraceErrorOptions = {}) {
    const { fix } = options;
    const whole = fix === undefined ? message : `${message}; ${fix}`;
    super(whole, "cause" in options ? { cause: options.cause } : undefined);
    placeError(this, options);
    if (fix !== undefined) this.fix = fix;
  }
}

/** Options of every error of Millrace. */
export interface MillraceErrorOptions extends ErrorOptions, Place {
  /** The fix. It is appended to the message, and is a field of the error as well. */
  readonly fix?: string | undefined;
}

/** Splits the message of an error into the problem and the fix; without a `fix`, all of it is the problem. */
export function problemAndFix(error: Error): { readonly problem: string; readonly fix?: string } {
  const { message } = error;
  if (!(error instanceof MillraceError) || error.fix === undefined) return { problem: message };
  return { problem: message.slice(0, -`; ${error.fix}`.length), fix: error.fix };
}

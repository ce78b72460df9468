import { type Place, placeError } from "./place.ts";

/**
 * Options of every error of Millrace.
 *
 * @example An error of a store of one's own, with its job and cause
 * ```ts
 * import { type MillraceErrorOptions, StoreError } from "@millrace/flow/errors";
 *
 * function unreadable(options: MillraceErrorOptions): StoreError {
 *   return new StoreError(`cannot read job ${options.jobId}`, options);
 * }
 * console.log(unreadable({ jobId: "job_1", cause: new Error("disk") }).jobId); // job_1
 * ```
 */
export interface MillraceErrorOptions extends ErrorOptions, Place {
  /** The fix: the end of the message, and a field of the error. */
  readonly fix?: string | undefined;
}

/**
 * The base of every error that Millrace itself raises. Each kind is a class with a literal `name`, a
 * message that says where and what to do, and the ids that place it. An error thrown by a routine is
 * not one: it arrives as itself, with the same ids added.
 *
 * @example Telling Millrace's errors from a routine's
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
  /** The fix, where it is given by itself as well as at the end of the message. */
  declare readonly fix?: string;

  /**
   * Makes the error.
   *
   * @param message What happened, where, and what to do about it.
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

/** The message of an error, and its fix, if that is given apart from it. */
export function problemAndFix(error: Error): { readonly problem: string; readonly fix?: string } {
  const { message } = error;
  if (!(error instanceof MillraceError) || error.fix === undefined) return { problem: message };
  return { problem: message.slice(0, -`; ${error.fix}`.length), fix: error.fix };
}

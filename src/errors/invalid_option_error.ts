import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";
import { textOf } from "./text_of.ts";

/**
 * An option has a value that it cannot have.
 *
 * @example Telling which option is wrong
 * ```ts
 * import { Flow, InvalidOptionError } from "@millrace/flow";
 *
 * try {
 *   new Flow({ maxWorkers: 0 });
 * } catch (error) {
 *   if (!(error instanceof InvalidOptionError)) throw error;
 *   console.log(error.option); // maxWorkers
 *   console.log(error.message); // maxWorkers is 0; give it an integer of at least 1
 * }
 * ```
 */
export class InvalidOptionError extends MillraceError {
  /** Always `"InvalidOptionError"`. */
  override readonly name = "InvalidOptionError";
  /** The option's name. */
  readonly option: string;

  /**
   * Makes the error.
   *
   * @param option The option's name.
   * @param value The value it was given.
   * @param expected What it takes, as "an integer of at least 1".
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(option: string, value: unknown, expected: string, options?: MillraceErrorOptions) {
    super(`${option} is ${shown(value)}; give it ${expected}`, options);
    this.option = option;
  }
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : textOf(value);
}

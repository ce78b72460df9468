// The errors of a call with an invalid argument, or on an object that is closed.

import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";
import { printable } from "./printable.ts";
import { textOf } from "./text_of.ts";

/**
 * An option was given an invalid value.
 *
 * @example Finding the option that is wrong
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { InvalidOptionError } from "@millrace/flow/errors";
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
   * Creates the error.
   *
   * @param option The option's name.
   * @param value The value that the option was given.
   * @param expected The kind of value that the option takes, as "an integer of at least 1".
   * @param options The `cause`, the ids that place the error, and a message in place of the usual one.
   */
  constructor(
    option: string,
    value: unknown,
    expected: string,
    options: MillraceErrorOptions & { readonly message?: string } = {},
  ) {
    super(
      options.message ?? `${printable(option)} is ${shown(value)}; give it ${expected}`,
      options,
    );
    this.option = option;
  }
}

/** The number of characters after which a text is cut. */
const MAX_SHOWN = 100;

/**
 * Returns a value as it would be written in code; of an object only the class, as the text of a `Date` would
 * look like a string.
 */
function shown(value: unknown): string {
  if (typeof value === "string") {
    const cut = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
    return printable(JSON.stringify(cut));
  }
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return textOf(value);
  const kind = kindOf(value);
  return kind === "Object" ? "an object" : `an instance of ${printable(kind)}`;
}

/** Returns the name of the class of an object; `Object` if it cannot be read. */
function kindOf(value: object): string {
  try {
    const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
    if (kind !== "Object") return kind;
    const prototype: object | null = Object.getPrototypeOf(value);
    const type: unknown = prototype?.constructor;
    return typeof type === "function" && type.name !== "" ? type.name : kind;
  } catch {
    return "Object";
  }
}

/**
 * A flow or a pool was used after `close`.
 *
 * @example A job that comes too late
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { ClosedError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const flow = new Flow().add("fibonacci", fibonacci);
 * await flow.close();
 * try {
 *   flow.start("fibonacci.n", 20);
 * } catch (error) {
 *   console.log(error instanceof ClosedError); // true
 * }
 * ```
 */
export class ClosedError extends MillraceError {
  /** Always `"ClosedError"`. */
  override readonly name = "ClosedError";

  /**
   * Creates the error.
   *
   * @param what The closed object, as `flow "readings"`.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(what: string, options?: MillraceErrorOptions) {
    super(`${what} is closed; make a new one, or close it after its last use`, options);
  }
}

// Checks the names of errors in policies. A name with which no activation can fail is refused, as its policy
// would silently never apply.

import { ERROR_NAMES, errorClassOf } from "../data/error_classes.ts";
import { editsBetween, nearest } from "../data/nearest.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";

/**
 * Errors with which no activation fails, as they belong to a job or to a call on the host. Each is mapped to
 * the corresponding error of activations, if there is one.
 */
const OF_NO_ACTIVATION: Readonly<Record<string, string | undefined>> = {
  JobTimeoutError: "ActivationTimeoutError",
  WaitTimeoutError: "SignalTimeoutError",
  JobCancelledError: undefined,
  FeedError: undefined,
  ActivationCancelledError: undefined,
};

/**
 * The maximum number of edits between a mistyped name and the intended error of Millrace, and the minimum
 * length of the latter. Shorter names of a routine's own errors can be similar by chance.
 */
const MOST_EDITS = 2, LEAST_LENGTH = 12;

/**
 * Refuses a name with which no activation can fail.
 *
 * @param option The option that contains the name.
 * @param name The name.
 * @throws {InvalidOptionError} With the intended name, if one is similar.
 */
export function checkErrorName(option: string, name: unknown): void {
  if (typeof name !== "string" || name === "") {
    throw new InvalidOptionError(option, name, "the name of an error, as TypeError");
  }
  if (Object.hasOwn(OF_NO_ACTIVATION, name)) {
    const right = OF_NO_ACTIVATION[name];
    const fix = right === undefined ? "leave it out" : `write "${right}"`;
    throw refused(option, name, `no activation fails with a ${name}; ${fix}`);
  }
  if (errorClassOf(name) !== undefined) return;
  const right = nearest(name, ERROR_NAMES);
  if (right === undefined || !isMistyped(name, right)) return;
  throw refused(option, name, `there is no error "${name}"; write "${right}"`);
}

function isMistyped(name: string, right: string): boolean {
  if (name.toLowerCase() === right.toLowerCase()) return true;
  if (right.length < LEAST_LENGTH) return false;
  return right === `${name}Error` || editsBetween(name, right) <= MOST_EDITS;
}

function refused(option: string, name: string, what: string): InvalidOptionError {
  return new InvalidOptionError(option, name, "the name of an error", {
    message: `${option}: ${what}`,
  });
}

// The names of errors in policies: one that no activation fails with is refused where it is written, as
// the policy would never apply, in silence.

import { ERROR_NAMES, errorClassOf } from "../data/error_classes.ts";
import { editsBetween, nearest } from "../data/nearest.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";

/** Errors of a job, or of a call of the host: no activation fails with one. To each, the one that does. */
const OF_NO_ACTIVATION: Readonly<Record<string, string | undefined>> = {
  JobTimeoutError: "ActivationTimeoutError",
  WaitTimeoutError: "SignalTimeoutError",
  JobCancelledError: undefined,
  ActivationCancelledError: undefined,
};

/**
 * A name that is this similar to one of Millrace's errors is that one, mistyped. Shorter names can be
 * similar by chance, as those of a routine's own errors may be any.
 */
const MOST_EDITS = 2, LEAST_LENGTH = 12;

/**
 * Refuses what cannot be the name of an error that fails an activation.
 *
 * @param option The option that names it.
 * @param name The name.
 * @throws {InvalidOptionError} With the right name, if one is similar.
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

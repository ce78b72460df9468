// Checks all options of a call. Every public call passes its options through `checkOptions`, with a table
// that has a check for each option.

import { InvalidOptionError } from "../errors/call_errors.ts";
import { printable } from "../errors/printable.ts";
import { nearest } from "./nearest.ts";
import type { Check } from "./option.ts";

/** A table with a check for each option of a call. A missing entry is a compile-time error. */
export type OptionChecks<Options> = { readonly [Name in keyof Options]-?: Check };

/**
 * Checks the options of a call.
 *
 * @param call The call, as `flow.start`, or the option that contains these options, as `onError`.
 * @param given The options; `undefined` for none.
 * @param checks The check of each option, which is not called for an option that is `undefined`.
 * @param prefix The prefix of their names in errors, as `retention.`.
 * @returns A copy of the options, each of which was read only once.
 * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
 */
export function checkOptions<Options extends object>(
  call: string,
  given: Options | undefined,
  checks: OptionChecks<Options>,
  prefix = "",
): Options {
  const options: Record<string, unknown> = {};
  if (given === undefined) return options as Options;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const option = prefix === "" ? `options of ${call}` : call;
    throw new InvalidOptionError(option, given, "an object");
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(checks, name)) refuseName(call, name, given, Object.keys(checks), prefix);
  }
  for (const name in checks) {
    const value = given[name];
    if (value === undefined) continue;
    checks[name](prefix + name, value);
    options[name] = value;
  }
  return options as Options;
}

function refuseName(
  call: string,
  name: string,
  given: object,
  known: readonly string[],
  prefix: string,
): never {
  const right = nearest(name, known);
  const fix = right === undefined ? `its options are ${known.join(", ")}` : `write "${right}"`;
  throw new InvalidOptionError(prefix + name, Reflect.get(given, name), fix, {
    message: `${call} has no option "${printable(name)}"; ${fix}`,
  });
}

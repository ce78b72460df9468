// Checks all options of a call. Every public call passes its options through `checkOptions`, with a table
// that has a check for each option.

import { InvalidOptionError } from "../errors/call_errors.ts";
import { printable } from "../errors/printable.ts";
import { nearest } from "./nearest.ts";
import { type Check, checkFields } from "./option.ts";
import { isPlainObject } from "./is_plain_object.ts";

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
  // Options are read by name, so that an instance of a class may hold them as well. An instance that has none
  // of them was passed by mistake.
  if (
    !isObject(given) || !isPlainObject(given) && !Object.keys(checks).some((name) => name in given)
  ) {
    checkFields(prefix === "" ? `options of ${call}` : call, given);
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(checks, name)) refuseName(call, name, given, Object.keys(checks), prefix);
  }
  const symbols = Object.getOwnPropertySymbols(given);
  if (symbols.length > 0) {
    refuseName(call, symbols[0] as symbol, given, Object.keys(checks), prefix);
  }
  for (const name of Object.keys(checks) as (keyof Options & string)[]) {
    const value = given[name];
    if (value === undefined) continue;
    checks[name](prefix + name, value);
    options[name] = value;
  }
  return options as Options;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuseName(
  call: string,
  unknown: string | symbol,
  given: object,
  known: readonly string[],
  prefix: string,
): never {
  const name = String(unknown);
  const right = nearest(name, known);
  const fix = right === undefined ? `its options are ${known.join(", ")}` : `write "${right}"`;
  throw new InvalidOptionError(prefix + name, Reflect.get(given, unknown), fix, {
    message: `${call} has no option "${printable(name)}"; ${fix}`,
  });
}

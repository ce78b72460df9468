// Reads the arguments of a command by its description. Names that are not known are refused with the most similar one.

import { parseArgs } from "@std/cli/parse-args";
import { nearest } from "../data/nearest.ts";
import type { Command, CommandOption, GivenArguments } from "./command.ts";
import { usageError } from "./command_error.ts";

/**
 * Reads the arguments of a command.
 *
 * @throws {CommandError} If an option is unknown or has no value, or if a parameter is missing or too many.
 */
export function readArguments(command: Command, args: readonly string[]): GivenArguments {
  const known = [...command.options, ...COMMON_OPTIONS];
  const flags = known.filter(({ value }) => value === undefined).map(({ name }) => name);
  const texts = known.filter(({ value }) => value !== undefined).map(({ name }) => name);
  const parsed: Readonly<Record<string, unknown>> & { _: (string | number)[] } = parseArgs(
    withValues(args, known),
    {
      string: ["_", ...texts],
      boolean: flags,
      collect: texts,
      alias: { help: "h" },
      unknown(arg, key) {
        if (key === undefined || !arg.startsWith("-")) return true;
        throw usageError(unknownOption(command, arg, known));
      },
    },
  );
  const options = new Map<string, readonly string[]>();
  for (const name of flags) if (parsed[name] === true) options.set(name, [""]);
  for (const { name, value, isValueOptional, isList } of known) {
    const values = value === undefined ? [] : parsed[name] as readonly string[];
    if (values.length === 0) continue;
    if (!isValueOptional && values.includes("")) {
      throw usageError(`--${name} has no value; give it as --${name} ${value}`);
    }
    if (!isList && values.length > 1) throw usageError(`--${name} is given more than once`);
    options.set(name, values);
  }
  const parameters = parsed._.map(String);
  if (!options.has("help")) checkNumber(command, parameters);
  return { parameters, options };
}

/** The options of every command. */
export const COMMON_OPTIONS: readonly CommandOption[] = [
  { name: "json", help: "print JSON instead of text" },
  { name: "no-color", help: "print without colours; NO_COLOR does the same" },
  { name: "help", help: "print this" },
];

/** Gives an option whose value can be left out an empty one, unless a number follows it. */
function withValues(args: readonly string[], known: readonly CommandOption[]): string[] {
  const optional = known.filter(({ isValueOptional }) => isValueOptional)
    .map(({ name }) => `--${name}`);
  return args.map((arg, at) => {
    return optional.includes(arg) && !/^\d+$/.test(args[at + 1] ?? "") ? `${arg}=` : arg;
  });
}

function checkNumber({ name, parameters }: Command, given: readonly string[]): void {
  const missing = parameters[given.length];
  const help = `see "${name} --help"`;
  if (missing !== undefined) throw usageError(`${name} needs ${listOf(parameters)}; ${help}`);
  const extra = given[parameters.length];
  if (extra !== undefined) {
    throw usageError(
      `${name} takes ${listOf(parameters)}, not ${JSON.stringify(extra)} as well; ${help}`,
    );
  }
}

function unknownOption(
  { name: command }: Command,
  arg: string,
  known: readonly CommandOption[],
): string {
  const [given = ""] = arg.split("=");
  const similar = nearest(given.replace(/^-+/, ""), known.map(({ name }) => name));
  const hint = similar === undefined ? `see "${command} --help"` : `did you mean --${similar}?`;
  return `${JSON.stringify(given)} is not an option of ${command}; ${hint}`;
}

function listOf(parameters: readonly string[]): string {
  return parameters.join(" and ");
}

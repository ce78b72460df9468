import { nearest } from "../data/nearest.ts";
import { table } from "../terminal/table.ts";
import type { Command, CommandOption } from "./command.ts";
import { COMMON_OPTIONS } from "./read_arguments.ts";

/** Returns the help of the command line, as lines. */
export function help(commands: readonly Command[]): string[] {
  return [
    "Shows the jobs of Millrace journals, and checks and draws flows.",
    "",
    "Usage: deno run --allow-read jsr:@millrace/flow/cli COMMAND",
    "",
    ...table(commands.map((command) => [`  ${synopsisOf(command)}`, command.summary])),
    "",
    ...table([
      ["  COMMAND --help", "print the options of a command"],
      ["  --version", "print the version"],
    ]),
    "",
    "Exit codes: 0 it went well, 1 it failed, 2 wrong arguments, 130 interrupted.",
  ];
}

/** Returns the help of a command, as lines. */
export function helpOf(command: Command): string[] {
  const options = [...command.options, ...COMMON_OPTIONS];
  return [
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
    "",
    `Usage: ${synopsisOf(command)} [options]`,
    "",
    ...table(options.map((option) => [`  ${formOf(option)}`, option.help])),
    ...command.notes.flatMap((note) => ["", note]),
  ];
}

/** Returns the hint for an unknown command. */
export function hintFor(name: string, commands: readonly Command[]): string {
  const similar = nearest(name, commands.map((command) => command.name));
  return similar === undefined ? "--help lists the commands" : `did you mean ${similar}?`;
}

function synopsisOf({ name, parameters }: Command): string {
  return [name, ...parameters].join(" ");
}

function formOf({ name, value, isValueOptional }: CommandOption): string {
  if (value === undefined) return name === "help" ? "-h, --help" : `--${name}`;
  return `--${name} ${isValueOptional ? `[${value}]` : value}`;
}

// A command of the command line, as data: its parameters and options, from which the help is printed and the arguments
// are read, and the function that runs it. `commands.ts` lists them.

import type { Output } from "./output.ts";

/** A command. */
export interface Command {
  /** Its name, as `view`. */
  readonly name: string;
  /** Its purpose, in one line. */
  readonly summary: string;
  /** The names of its parameters, as `FILE`; all are required. */
  readonly parameters: readonly string[];
  readonly options: readonly CommandOption[];
  /** Paragraphs for the end of its help. */
  readonly notes: readonly string[];
  /**
   * Runs it.
   *
   * @returns The exit code.
   */
  run(given: GivenArguments, output: Output): Promise<number>;
}

/** An option of a command. */
export interface CommandOption {
  /** Its name without dashes. */
  readonly name: string;
  /** The name of its value in the help; absent for a flag. */
  readonly value?: string;
  /** `true` if the value can be left out. */
  readonly isValueOptional?: true;
  /** `true` if it can be given several times. */
  readonly isList?: true;
  /** Its purpose, in one line. */
  readonly help: string;
}

/** The arguments of a command, which were checked by name and number. */
export interface GivenArguments {
  /** The parameters. */
  readonly parameters: readonly string[];
  /** The values of each option that was given, by name; a flag has the value `""`. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** The exit codes. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Returns the last value of an option; `undefined` if it was not given. */
export function valueOf({ options }: GivenArguments, name: string): string | undefined {
  return options.get(name)?.at(-1);
}

/** Checks whether an option was given. */
export function hasOption({ options }: GivenArguments, name: string): boolean {
  return options.has(name);
}

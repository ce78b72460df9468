/**
 * The command line: looks at the jobs of a journal, of a program that runs or has ended, checks and draws flows, and
 * reruns jobs.
 *
 * ```text
 * deno run --allow-read=jobs.db jsr:@millrace/flow/cli view jobs.db
 * deno run --allow-read jsr:@millrace/flow/cli graph flow.ts --format mermaid
 * deno run jsr:@millrace/flow/cli --help
 * ```
 *
 * @module
 */

import { messageOf } from "../errors/message_of.ts";
import { isError } from "../errors/is_error.ts";
import { printableLines } from "../errors/printable.ts";
import { EXIT, hasOption } from "./command.ts";
import { CommandError, usageError } from "./command_error.ts";
import { COMMANDS } from "./commands.ts";
import { help, helpOf, hintFor } from "./help.ts";
import { ClosedOutput, Output } from "./output.ts";
import { readArguments } from "./read_arguments.ts";
import { VERSION } from "./version.ts";

/**
 * Runs the command line, as the program `@millrace/flow/cli` does. The result is printed to the standard output, and a
 * failure to the standard error. It never asks for a permission, but Deno may ask
 * for those of a module.
 *
 * @example A task of its own for a journal
 * ```ts
 * import { cli } from "@millrace/flow/cli";
 *
 * console.log(await cli(["view", "/nowhere/jobs.db"])); // 1
 * ```
 *
 * @param args The arguments, as in `Deno.args`.
 * @returns The exit code: 0 if it went well, 1 if it failed, 2 for wrong arguments, 130 if it was interrupted.
 */
export async function cli(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    if (error instanceof ClosedOutput) return EXIT.ok;
    complain(error);
    return error instanceof CommandError ? error.exitCode : EXIT.failed;
  }
}

async function run([name = "--help", ...args]: readonly string[]): Promise<number> {
  if (["--help", "-h", "help"].includes(name)) {
    new Output(false).lines(help(COMMANDS));
    return EXIT.ok;
  }
  if (name === "--version") {
    new Output(false).lines([VERSION]);
    return EXIT.ok;
  }
  const command = COMMANDS.find((command) => command.name === name);
  if (command === undefined) {
    throw usageError(`${JSON.stringify(name)} is not a command; ${hintFor(name, COMMANDS)}`);
  }
  const given = readArguments(command, args);
  const output = new Output(!hasOption(given, "no-color"));
  if (hasOption(given, "help")) {
    output.lines(helpOf(command));
    return EXIT.ok;
  }
  return await command.run(given, output);
}

function complain(error: unknown): void {
  const name = isError(error) && error.name !== "CommandError" ? `${error.name}: ` : "";
  // deno-lint-ignore no-console
  console.error(printableLines(`millrace: ${name}${messageOf(error)}`));
}

if (import.meta.main) {
  // A module may end the program, or never settle: without this, such a check would pass.
  let hasEnded = false;
  addEventListener("unload", () => {
    if (hasEnded) return;
    complain(new CommandError("the module ended the program, or waits for what never comes"));
    Deno.exitCode = EXIT.failed;
  });
  void cli(Deno.args).then((code) => {
    hasEnded = true;
    // Ends the program even if a module that was loaded keeps the event loop busy.
    Deno.exit(code);
  });
}

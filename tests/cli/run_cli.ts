import { assertEquals } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { inheritedStdFlags } from "../../tools/std_flags.ts";
import { type Ended, runDeno } from "../run_deno.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const CLI = "src/cli/cli.ts";

/** Runs the command line as a process of its own, with all permissions unless others are given. */
export function runCli(
  args: readonly string[],
  permissions: readonly string[] = ["-A"],
): Promise<Ended> {
  return runDeno(CLI, args, permissions);
}

/**
 * Calls the command line in this process, as the program does, and with all permissions. It costs less than
 * a process, and is for what does not depend on being one.
 */
export async function callCli(args: readonly string[]): Promise<Ended> {
  const text = new TextDecoder();
  const { error } = console;
  let [stdout, stderr] = ["", ""];
  const piped = {
    isTerminal: () => false,
    writeSync(bytes: Uint8Array) {
      stdout += text.decode(bytes, { stream: true });
      return bytes.length;
    },
  };
  Object.assign(Deno.stdout, piped);
  console.error = (line) => {
    stderr += `${line}\n`;
  };
  try {
    const code = await cli(args);
    return { code, stdout, stderr };
  } finally {
    console.error = error;
    for (const name of Object.keys(piped)) Reflect.deleteProperty(Deno.stdout, name);
  }
}

/** Runs the command line, which has to succeed without a word on the standard error, and parses its output. */
export async function jsonOf(args: readonly string[], run = runCli): Promise<unknown> {
  const { code, stdout, stderr } = await run([...args, "--json"]);
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

/** Returns the line of a shell that runs the command line. */
export function shellLine(
  args: readonly string[],
  permissions: readonly string[] = ["-A"],
): string {
  return [Deno.execPath(), "run", ...permissions, ...inheritedStdFlags(), CLI, ...args]
    .map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(" ");
}

/** Runs a line in a shell. */
export async function runShell(
  line: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", line],
    cwd: ROOT,
    env,
    stdin: "null",
    signal: AbortSignal.timeout(300_000),
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** The end of the name of a test that is skipped as there is no `script`, which gives a program a terminal. */
export const NO_TERMINAL = hasScript() ? "" : " (skipped: no `script` in /usr/bin)";

/** Runs a line in a shell on a terminal of some columns. The output has all that the terminal received. */
export async function runOnTerminal(line: string, columns: number): Promise<Ended> {
  const command = `stty cols ${columns} rows 24; ${line}`;
  const env = { COMMAND: command, TERM: "xterm", SHELL: "/bin/sh" };
  const ended = await runShell(`script -qec "$COMMAND" /dev/null`, env);
  return { ...ended, stdout: ended.stdout.replaceAll(CLEARED, "") };
}

/** Deno itself clears the line of its progress before the program runs. */
const CLEARED = "\u001b[0G\u001b[2K\u001b[J";

function hasScript(): boolean {
  try {
    return Deno.statSync("/usr/bin/script").isFile;
  } catch {
    return false;
  }
}

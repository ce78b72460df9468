import { inheritedStdFlags } from "../tools/std_flags.ts";

/** A child that takes longer than this is a failure: something keeps it up. */
const HANGS = 300_000;

/** The exit code and the output of a process. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in a Deno of its own that finds the same modules as this one. */
export async function runDeno(
  program: string | URL,
  args: readonly string[],
  permissions: readonly string[] = ["--allow-read"],
): Promise<Ended> {
  const path = program instanceof URL ? program.pathname : program;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, ...inheritedStdFlags(), path, ...args],
    cwd: new URL("../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(HANGS),
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

import { inheritedStdFlags } from "../../tools/std_flags.ts";

const ROOT = new URL("../../", import.meta.url);

/** The exit code and the output of the demo. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of a run of the demo. */
export interface Starting {
  /** Its options. */
  readonly args?: readonly string[];
  /** Its permissions: by default those of the task, but writing. */
  readonly permissions?: readonly string[];
  /** Variables to add to its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A command line that starts the demo, as this same Deno with the same standard library. */
export function demoCommand(
  { args = [], permissions = ["--allow-read=."] }: Starting = {},
): [string, ...string[]] {
  const flags = ["--no-prompt", "--quiet", ...permissions, ...inheritedStdFlags()];
  return [Deno.execPath(), "run", ...flags, "examples/concurrent_demo/main.ts", ...args];
}

/** Starts a command with its output piped. */
export function spawn(
  [command, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  const { NO_COLOR: _, DENO_COVERAGE_DIR: __, ...surroundings } = Deno.env.toObject();
  return new Deno.Command(command, {
    args,
    cwd: ROOT,
    env: { ...surroundings, DENO_NO_UPDATE_CHECK: "1", ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(HANGS),
  }).spawn();
}

/** Runs the demo to its end. */
export async function runDemo(starting: Starting = {}): Promise<Ended> {
  const { code, stdout, stderr } = await spawn(demoCommand(starting), starting.env).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Runs the demo to its end, in colour or not, in a terminal of a size; gives what it was sent. */
export async function runDemoOnTerminal(
  size: { readonly columns: number; readonly rows: number },
  starting: Starting = {},
): Promise<string> {
  const command = demoCommand(starting).map((word) => `'${word}'`).join(" ");
  const script = `stty rows ${size.rows} cols ${size.columns}; exec ${command}`;
  const terminal = spawn(["script", "--quiet", "--command", script, "/dev/null"], starting.env);
  const { stdout } = await terminal.output();
  return new TextDecoder().decode(stdout);
}

/** Checks whether this machine has the program that {@linkcode runDemoOnTerminal} needs. */
export async function hasTerminals(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    return (await spawn(["script", "--version"]).output()).success;
  } catch {
    return false;
  }
}

/** A failure, not a hang. */
const HANGS = 60_000;

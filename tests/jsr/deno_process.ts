/** The folder, the registry and the cache of a Deno process. */
export interface Surroundings {
  cwd: string | URL;
  /** The `JSR_URL`. */
  registry: string;
  /** The `DENO_DIR`. */
  cache: string;
}

/** The success and the output of a Deno process. */
export interface Ended {
  success: boolean;
  stdout: string;
  stderr: string;
}

/** Runs this same Deno as a process of its own, to its end. */
export async function deno(
  args: string[],
  { cwd, registry, cache }: Surroundings,
): Promise<Ended> {
  const env: Record<string, string> = {
    ...Deno.env.toObject(),
    JSR_URL: registry,
    DENO_DIR: cache,
    DENO_NO_PROMPT: "1",
    DENO_NO_UPDATE_CHECK: "1",
    NO_COLOR: "1",
  };
  delete env.DENO_COVERAGE_DIR; // coverage of files that are gone before the report

  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env,
    clearEnv: true,
    stdin: "null",
    signal: AbortSignal.timeout(HANGS), // a failure, not a hang, if a worker outlives its program
  }).output();
  const text = new TextDecoder();
  return { success, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

const HANGS = 120_000;

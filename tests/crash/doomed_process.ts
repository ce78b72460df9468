import { inheritedStdFlags } from "../../tools/std_flags.ts";
import { COMMIT, DONE, type Orders } from "./child.ts";

const CHILD = new URL("child.ts", import.meta.url);

/** A child that takes longer than this is a failure: something keeps it up. */
const HANGS = 30_000;

/**
 * The moment of the kill: a number of milliseconds after a number of commits; 0 commits is the start of
 * the process. So a slow machine gets as far as a fast one.
 */
export interface Doom {
  readonly commits: number;
  readonly ms: number;
}

/**
 * Runs the child until it has done its work, or is killed.
 *
 * @returns `true` if it was done.
 * @throws {Error} If it failed by itself.
 */
export async function runDoomed(orders: Orders, doom: Doom | undefined): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", ...inheritedStdFlags(), CHILD.href, JSON.stringify(orders)],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has just ended.
    }
  };
  let isHung = false;
  const hung = setTimeout(() => {
    isHung = true;
    kill();
  }, HANGS);
  let doomed = doom?.commits === 0 ? setTimeout(kill, doom.ms) : undefined;

  const complaint = new Response(child.stderr).text();
  let stdout = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    if (doom !== undefined && stdout.length >= doom.commits) doomed ??= setTimeout(kill, doom.ms);
  }
  const { code, signal } = await child.status;
  const stderr = await complaint;
  clearTimeout(hung);
  clearTimeout(doomed);

  const isDone = stdout.replaceAll(COMMIT, "") === DONE;
  if (isHung) throw new Error(`the child did not end within ${HANGS} ms: ${stdout}${stderr}`);
  if (signal === "SIGKILL") return isDone;
  if (code !== 0 || !isDone) throw new Error(`the child ended with ${code}: ${stdout}${stderr}`);
  return true;
}

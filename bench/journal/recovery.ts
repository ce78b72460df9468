import { denoRun, ROOT } from "../harness/deno_process.ts";
import { buildActivations, buildJobs } from "./build.ts";
import type { Recovered } from "./recovery_process.ts";

/** The kind of recovery: of many jobs, or of one job with many activations. */
export type Kind = "jobs" | "activations";

/** The measurement of a recovery. */
export interface Recovery extends Recovered {
  readonly kind: Kind;
  readonly size: number;
  /** The size of the file, in bytes. */
  readonly file: number;
}

/** Creates a file and recovers it in a process of its own. */
export async function measureRecovery(
  folder: string,
  kind: Kind,
  size: number,
): Promise<Recovery> {
  const path = `${folder}/${kind}_${size}.db`;
  if (kind === "jobs") buildJobs(path, size);
  else buildActivations(path, size);
  const { size: file } = await Deno.stat(path);
  const [run = "", ...args] = denoRun("bench/journal/recovery_process.ts", kind, path);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [run, "--v8-flags=--expose-gc", ...args],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`the recovery of ${size} ${kind} failed`);
  const found: Recovered = JSON.parse(new TextDecoder().decode(stdout));
  if (found.ended !== found.jobs || found.jobs !== (kind === "jobs" ? size : 1)) {
    throw new Error(`of ${found.jobs} jobs ${found.ended} ended`);
  }
  await Deno.remove(path);
  return { kind, size, file, ...found };
}

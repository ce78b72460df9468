/**
 * The process of one case of a workload: prepares the case, then measures once for each line of its
 * input.
 *
 * @module
 */
import { TextLineStream } from "./lines.ts";
import { loadWorkload } from "../workloads/registry.ts";
import type { Settings } from "./workload.ts";

/** The reports of this process to its parent process, as lines of JSON. */
export type Report =
  | { readonly type: "ready"; readonly version: string | undefined }
  | { readonly type: "sample"; readonly sample: Readonly<Record<string, number>> }
  | { readonly type: "error"; readonly message: string };

/** Marks a line as a report, as contenders may print as well. */
export const MARK = "\u001e";

function report(message: Report): void {
  const line = new TextEncoder().encode(`${MARK}${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < line.length;) sent += Deno.stdout.writeSync(line.subarray(sent));
}

async function serve(workloadName: string, caseName: string, settings: Settings): Promise<void> {
  const workload = loadWorkload(workloadName);
  const probe = await workload.open(caseName, settings);
  report({ type: "ready", version: probe.version });
  const lines = Deno.stdin.readable
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    if (line !== "measure") break;
    report({ type: "sample", sample: await probe.measure() });
  }
  await probe.close();
}

if (import.meta.main) {
  const [workload = "", name = "", settings = ""] = Deno.args;
  try {
    await serve(workload, name, JSON.parse(settings));
  } catch (error) {
    report({ type: "error", message: error instanceof Error ? error.message : String(error) });
  }
  // Some contenders leave threads running that would keep the process alive.
  Deno.exit();
}

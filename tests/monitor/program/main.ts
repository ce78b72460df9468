// The program that the tests of the monitor run, in a terminal or with its output piped. Its argument is JSON.

import { Flow } from "@millrace/flow";
import { monitor, type MonitorOptions } from "@millrace/flow/monitor";
import { delay } from "@std/async/delay";
import { standStill } from "../../routines/stand_still.ts";
import { load, parse, save, type Work } from "./stages.ts";

/** The argument of the program. */
export interface Program extends MonitorOptions {
  /** The number of jobs. The default is 1. */
  readonly jobs?: number;
  /** The work of each job. */
  readonly work?: Partial<Work>;
  /** The number of flows. The default is 1. */
  readonly flows?: number;
  /** The number of lines that the main thread logs, and the time between two of them. */
  readonly logs?: number;
  readonly logMs?: number;
  /** Logs that many lines in a subprocess as well. */
  readonly childLogs?: number;
  /** The end: when all jobs have ended, or after the logs by another way. */
  readonly end?: "close" | "stop" | "exit" | "throw" | "reject" | "hang" | "block";
  /** Listens to Ctrl-C, and ends at the second one. */
  readonly listens?: boolean;
}

const program: Program = JSON.parse(Deno.args[0] ?? "{}");
const { jobs = 1, work, flows = 1, logs = 0, logMs = 20, childLogs = 0, end = "close" } = program;
const { renderer, interval, expectedJobs, output } = program;

const running = Array.from({ length: flows }, (_, i) => {
  const flow = new Flow({ id: flows === 1 ? "orders" : `orders-${i}`, maxWorkers: 2 })
    .add("load", load)
    .add("parse", parse, { onError: { strategy: "retry", maxRetries: 1, delay: 1 } })
    .add("save", save)
    .connect("load.part", "parse.part")
    .connect("parse.parsed", "save.part");
  const view = monitor(flow, {
    ...(renderer !== undefined && { renderer }),
    ...(interval !== undefined && { interval }),
    ...(expectedJobs !== undefined && { expectedJobs }),
    ...(output !== undefined && { output }),
  });
  return { flow, view };
});

if (program.listens) {
  let presses = 0;
  Deno.addSignalListener("SIGINT", () => {
    console.log(`<pressed ${++presses}>`);
    if (presses === 2) Deno.exit(7);
  });
}

const ends = running.flatMap(({ flow }) =>
  Array.from({ length: jobs }, (_, i) => {
    const jobId = `job_${String(i + 1).padStart(3, "0")}`;
    const job = flow.start("load.job", { parts: 3, ms: 10, ...work }, { jobId });
    return job.waitForCompletion();
  })
);

const child = childLogs === 0 ? undefined : new Deno.Command("sh", {
  args: [
    "-c",
    `i=0; while [ $i -lt ${childLogs} ]; do echo "<child line $i>"; i=$((i+1)); sleep 0.02; done`,
  ],
}).spawn();
for (let i = 0; i < logs; i++) {
  console.log(`<main line ${i}>`);
  await delay(logMs);
}
await child?.status;

if (end === "exit") Deno.exit(3);
if (end === "throw") {
  setTimeout(() => {
    throw new Error("thrown on purpose");
  }, 0);
}
if (end === "reject") void Promise.reject(new Error("rejected on purpose"));
if (end === "hang") await delay(600_000);
if (end === "block") standStill(3_000);
await Promise.all(ends);
for (const { flow, view } of running) {
  if (end === "stop") view.stop();
  await flow.close();
}
console.log("<the end>");

// `view FILE`: the jobs of a journal as a list, one of them in detail, or all of them as a timeline, a report or a
// trace. The journal is only read. Modules for the whole course of jobs are loaded on demand.

import { nearest } from "../data/nearest.ts";
import type { JobStatus } from "../engine/job.ts";
import { printable } from "../errors/printable.ts";
import type { JobSummary } from "../store/store.ts";
import { type Command, EXIT, type GivenArguments, hasOption, valueOf } from "./command.ts";
import { usageError } from "./command_error.ts";
import { jobListView } from "./job_list_view.ts";
import { jobView } from "./job_view.ts";
import { findJob, openJournal, selectJobs } from "./journal.ts";
import { ofReadable } from "./of_readable.ts";
import type { Output } from "./output.ts";
import { JOB_STATUSES } from "../run/job_statuses.ts";
import { checkOutputs } from "./output_files.ts";
import { requireNet, requirePermission } from "./permission.ts";

/** The address of the dashboard, which only this machine reaches. */
const HOSTNAME = "127.0.0.1";

/** The number of jobs in the list, and of activations of a job, by default. */
const LISTED = 20, ACTIVATIONS = 50;

/** The command `view`. */
export const viewCommand: Command = {
  name: "view",
  summary: "show the jobs of a journal, of a program that runs or has ended",
  parameters: ["FILE"],
  options: [
    { name: "job", value: "ID", help: "show one job: its activations, data, log and errors" },
    { name: "flow", value: "ID", help: "only jobs of this flow" },
    { name: "status", value: "LIST", help: `only jobs of these statuses, as failed,cancelled` },
    {
      name: "limit",
      value: "N",
      help: `only the newest N jobs (default ${LISTED} in the list), or last N activations`,
    },
    { name: "timeline", help: "draw the executions over time" },
    { name: "report", help: "print numbers, graph, timeline, critical paths and failures" },
    {
      name: "html",
      value: "OUT",
      help: "write the report to OUT, an HTML file that opens from disk",
    },
    { name: "trace", value: "OUT", help: "write a Chrome trace to OUT, for ui.perfetto.dev" },
    {
      name: "dashboard",
      value: "PORT",
      isValueOptional: true,
      help: "serve a web dashboard to this machine until Ctrl-C",
    },
  ],
  notes: [
    "FILE is the journal of an SqliteStore. It is only read, and another process may write it meanwhile.",
    `A job is ${JOB_STATUSES.slice(0, -1).join(", ")} or ${JOB_STATUSES.at(-1)}.`,
  ],
  run: view,
};

async function view(given: GivenArguments, output: Output): Promise<number> {
  const limit = limitOf(valueOf(given, "limit"));
  const status = statusesOf(valueOf(given, "status"));
  const [flowId, jobId] = ["flow", "job"].map((name) => valueOf(given, name));
  const files = { html: valueOf(given, "html"), trace: valueOf(given, "trace") };
  for (const path of [files.html, files.trace]) {
    if (path !== undefined) requirePermission("write", path);
  }
  checkOutputs(given.parameters[0] ?? "", files);
  const port = portOf(valueOf(given, "dashboard"));
  if (port !== undefined) requireNet(HOSTNAME, port);
  const isJson = hasOption(given, "json");
  using store = openJournal(given.parameters[0] ?? "");
  const job = jobId === undefined ? undefined : findJob(store, jobId);
  /** Returns the jobs of a view that shows all of them, newest first. */
  const selected = (): readonly JobSummary[] => {
    if (job !== undefined) return [job];
    return selectJobs(store, { flowId, status, limit: limit ?? Infinity });
  };
  if (port !== undefined) {
    const { serveDashboard } = await import("./serve_dashboard.ts");
    return await serveDashboard(store, { flowId, hostname: HOSTNAME, port, isJson, output });
  }
  if (files.html !== undefined || files.trace !== undefined) {
    const { writeFiles } = await import("./write_files.ts");
    const written = await writeFiles(store, selected(), files);
    if (isJson) output.json(written);
    else output.lines(Object.values(written).map((path) => `wrote ${printable(path)}`));
  } else if (hasOption(given, "report") || hasOption(given, "timeline")) {
    const { reportLines, runReport } = await import("./report_view.ts");
    const isWhole = hasOption(given, "report");
    if (isJson) output.json(ofReadable(selected(), (jobs) => runReport(store, jobs)));
    else {
      output.lines(ofReadable(selected(), (jobs) => {
        return reportLines(runReport(store, jobs), { isWhole, output });
      }));
    }
  } else if (job !== undefined) {
    jobView(store, job, { isJson, output, limit: limit ?? ACTIVATIONS });
  } else jobListView(store, { flowId, status, limit: limit ?? LISTED }, { isJson, output });
  return EXIT.ok;
}

/** Returns the port of the dashboard, 0 for any free one; `undefined` if it was not asked for. */
function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d*$/.test(text) && port < 65_536) return port;
  throw usageError(`--dashboard is ${JSON.stringify(text)}; give it a port from 0 to 65535`);
}

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  // More than the largest exact number are all.
  if (number >= 1) return Number.isSafeInteger(number) ? number : Infinity;
  throw usageError(`--limit is ${JSON.stringify(text)}; give it a whole number of at least 1`);
}

function statusesOf(text: string | undefined): readonly JobStatus[] | undefined {
  return text?.split(",").map((name) => {
    const status = JOB_STATUSES.find((one) => one === name);
    if (status !== undefined) return status;
    const similar = nearest(name, JOB_STATUSES);
    const hint = similar === undefined
      ? `it is ${JOB_STATUSES.join(", ")}`
      : `did you mean ${similar}?`;
    throw usageError(`${JSON.stringify(name)} is not a status of a job; ${hint}`);
  });
}

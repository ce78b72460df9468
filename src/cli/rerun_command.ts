// `rerun FILE JOB`: starts a new job from the history of one in a journal, with the flow of a module, and waits for
// its end.

import { isError } from "../errors/is_error.ts";
import { printable } from "../errors/printable.ts";
import { serializeError } from "../data/serialized_error.ts";
import type { JobState } from "../flow/job_state.ts";
import { traceOf } from "../run/trace_of.ts";
import { SqliteStore } from "../store/sqlite_store.ts";
import { duration } from "../terminal/duration.ts";
import { type Command, EXIT, type GivenArguments, hasOption, valueOf } from "./command.ts";
import { CommandError, usageError } from "./command_error.ts";
import { findJob, journalFiles } from "./journal.ts";
import { onInterrupt } from "./on_interrupt.ts";
import { loadFlow } from "./load_flow.ts";
import { MODULE_NOTE } from "./module_note.ts";
import type { Output } from "./output.ts";
import { quietModules } from "./quiet_modules.ts";
import { requirePermission } from "./permission.ts";

/** The command `rerun`. */
export const rerunCommand: Command = {
  name: "rerun",
  summary: "run a job of a journal again from one of its activations, as a new job",
  parameters: ["FILE", "JOB"],
  options: [
    { name: "module", value: "MODULE", help: "the module of the flow (required)" },
    {
      name: "from",
      value: "ACTIVATION",
      help: "the activation to begin with (default: the one that failed the job, else the first)",
    },
    { name: "id", value: "NEW", help: "the id of the new job (default a random one)" },
    { name: "export", value: "NAME", help: "the export of the module" },
  ],
  notes: [
    MODULE_NOTE,
    `For a rerun, it must be a function that passes the store on to its flow: it is the journal. No other
process may write the file. Ctrl-C leaves the new job in the file, for "flow.recover()".`,
    "The exit code is 1 unless the new job completes.",
  ],
  run: rerun,
};

async function rerun(given: GivenArguments, output: Output): Promise<number> {
  const [file = "", jobId = ""] = given.parameters;
  using _quiet = quietModules();
  const module = valueOf(given, "module");
  if (module === undefined) {
    throw usageError("rerun needs the module of the flow; give it as --module MODULE");
  }
  requirePermission("read", ...journalFiles(file));
  requirePermission("write", ...journalFiles(file));
  // Without creating a file that is not there.
  new SqliteStore(file, { readOnly: true }).close();
  using store = new SqliteStore(file);
  const { flowId } = findJob(store, jobId);
  const from = valueOf(given, "from") ?? defaultFrom(store, jobId);
  const { flow, isMade } = await loadFlow(module, valueOf(given, "export"), store);
  try {
    if (!isMade) {
      throw new CommandError(
        `${
          printable(module)
        } exports a flow with a store of its own; export a function ({ store }) => Flow instead`,
      );
    }
    if (flow.id !== flowId) {
      throw new CommandError(printable(
        `the job is one of flow "${flowId}", and the module has flow "${flow.id}"`,
      ));
    }
    const id = valueOf(given, "id");
    using interrupt = onInterrupt();
    const job = await flow.rerun(jobId, { from, ...id !== undefined && { jobId: id } });
    if (job.feed?.isOpen) {
      throw new CommandError(
        `more items of a feed followed, which only a program can give; job "${
          printable(job.jobId)
        }" stays in the file, and goes on with flow.feed()`,
      );
    }
    const ended = await Promise.race([job.waitForCompletion(), interrupt.came]);
    if (ended === undefined) {
      throw new CommandError(
        `interrupted; job "${
          printable(job.jobId)
        }" stays in the file, and goes on with flow.recover()`,
        EXIT.interrupted,
      );
    }
    report(ended, { from, isJson: hasOption(given, "json"), output });
    return ended.status === "completed" ? EXIT.ok : EXIT.failed;
  } finally {
    await flow.close({ jobs: "keep" });
  }
}

function report(
  { jobId, status, createdAt, endedAt = createdAt, error }: JobState,
  { from, isJson, output }: {
    readonly from: string;
    readonly isJson: boolean;
    readonly output: Output;
  },
): void {
  if (isJson) {
    const failure = error === undefined ? null : serializeError(error);
    return output.json({ jobId, from, status, createdAt, endedAt, error: failure });
  }
  const reason = isError(error) ? `: ${printable(`${error.name}: ${error.message}`)}` : "";
  const { palette } = output;
  output.lines([
    `${printable(jobId)}  ${palette.status(status)} after ${
      duration(endedAt - createdAt)
    }${reason}`,
  ]);
}

/** Returns the activation that failed a job; else the first one. */
function defaultFrom(store: SqliteStore, jobId: string): string {
  const trace = traceOf(store.read(jobId)?.events ?? []);
  const failed = trace?.status === "failed"
    ? trace.activations.findLast(({ outcome }) => outcome === "failed")
    : undefined;
  const from = failed ?? trace?.activations[0];
  if (from === undefined) throw new CommandError("the job has no activations to begin with");
  return from.activationId;
}

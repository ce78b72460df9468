/**
 * Measures Millrace and its peers side by side: `deno task bench`. See `bench/README.md`.
 *
 * @module
 */
import { dirname } from "node:path";
import { dim, yellow } from "@std/fmt/colors";
import { calibrate, describeMachine } from "./harness/machine.ts";
import type { Results, WorkloadResult } from "./harness/results.ts";
import { measure } from "./harness/rounds.ts";
import { commandOf, HELP, type Options, readOptions } from "./options.ts";
import { evaluateGoals } from "./report/goals.ts";
import { goalsTable, workloadTable } from "./report/tables.ts";
import { loadWorkload } from "./workloads/registry.ts";

const MAX_WORKERS = 2;

/** Shows the current step, on a line that the next step overwrites. */
function progress(what: string): void {
  if (!Deno.stderr.isTerminal()) return;
  Deno.stderr.writeSync(new TextEncoder().encode(`\r\u001b[K${dim(what)}`));
}

async function run(options: Options): Promise<void> {
  const { only, rounds, quick, json } = options;
  const machine = describeMachine();
  const date = new Date().toISOString();
  console.log(dim(
    `${machine.cpu}, ${machine.cores} cores, ${machine.system}, Deno ${machine.deno}, ${MAX_WORKERS} workers, ${rounds} rounds, load ${
      machine.load.toFixed(2)
    }`,
  ));
  if (machine.load > 0.5) console.log(yellow("This machine is busy: do not trust the figures."));
  if (quick) console.log(yellow("Sizes are small: do not quote the figures."));
  console.log();

  const settings = { maxWorkers: MAX_WORKERS, quick, loopsPerMs: calibrate() };
  const workloads: WorkloadResult[] = [];
  for (const name of only) {
    const result = await measure(loadWorkload(name), rounds, settings, progress);
    progress("");
    console.log(workloadTable(result));
    workloads.push(result);
  }
  const goals = evaluateGoals(workloads);
  console.log(goalsTable(goals));

  const results: Results = {
    command: commandOf(options),
    date,
    machine,
    rounds,
    quick,
    maxWorkers: MAX_WORKERS,
    workloads,
    goals,
  };
  await Deno.mkdir(dirname(json), { recursive: true });
  await Deno.writeTextFile(json, JSON.stringify(results, round, 2) + "\n");
  console.log(dim(`written to ${json}`));
}

/** Rounds numbers, as insignificant digits only make the file longer. */
function round(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(6)) : value;
}

const request = readOptions(Deno.args);
switch (request.kind) {
  case "help":
    console.log(HELP);
    break;
  case "error":
    console.error(request.message);
    Deno.exit(2);
    break;
  case "run":
    await run(request.options);
}

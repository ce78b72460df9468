/**
 * Executes rounds of random work on pools and sees that every task ends once, with its own result:
 * `deno task fuzz`, or `deno task fuzz --seed 7 --rounds 100`. The plan of a round is the same again for
 * its seed, its timing is not. `--tasks 50` makes rounds smaller, `--only echo,closes` takes only some
 * kinds of tasks.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { bold, green, red } from "@std/fmt/colors";
import { KINDS } from "./kinds.ts";
import { planOf } from "./plan.ts";
import { faultsOf } from "./round.ts";

const TASKS = 200;

function readCount(name: string, given: string | undefined, least: number): number {
  const count = Number(given);
  if (Number.isInteger(count) && count >= least) return count;
  console.error(`--${name} is "${given}"; give it a whole number from ${least}`);
  Deno.exit(2);
}

if (import.meta.main) {
  const given = parseArgs(Deno.args, { string: ["seed", "rounds", "tasks", "only"] });
  const first = readCount("seed", given.seed ?? "1", 0);
  const rounds = readCount("rounds", given.rounds ?? "200", 1);
  const tasks = readCount("tasks", given.tasks ?? `${TASKS}`, 1);
  const only = given.only?.split(",") ?? [];
  const unknown = only.filter((name) => !Object.hasOwn(KINDS, name));
  if (unknown.length > 0) {
    console.error(`--only names ${unknown}; choose from ${Object.keys(KINDS)}`);
    Deno.exit(2);
  }
  let failed = 0;
  for (let seed = first; seed < first + rounds; seed++) {
    const faults = await faultsOf(planOf(seed, tasks, only));
    for (const fault of faults.slice(0, 20)) console.log(red(fault));
    if (faults.length > 0) failed++;
    console.log(`seed ${seed}: ${faults.length === 0 ? "all is well" : "there are faults"}`);
  }
  const verdict = `${rounds} rounds from seed ${first}, ${failed} with faults`;
  console.log(bold(failed === 0 ? green(verdict) : red(verdict)));
  Deno.exit(failed === 0 ? 0 : 1);
}

/**
 * Executes rounds of random flows and operations on a journal, with real workers, and judges what comes
 * of them: `deno task fuzz:flow`, or `deno task fuzz:flow --seed 7 --rounds 100`. With `--late`
 * the journal answers later, as a database server does. `--seeds 7,9` executes the rounds of these seeds
 * alone. The plan of a round is the same again for its seed, its timing is not.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { bold, green, red } from "@std/fmt/colors";
import { executeRound } from "./execute_round.ts";
import { roundPlanOf } from "./round_plan.ts";

if (import.meta.main) {
  const strings = ["seed", "seeds", "rounds", "settled"] as const;
  const given = parseArgs(Deno.args, { string: strings, boolean: ["first", "late"] });
  const first = Number(given.seed ?? 1);
  const rounds = Number(given.rounds ?? 200);
  const seeds = given.seeds?.split(",").map(Number) ??
    Array.from({ length: rounds }, (_, i) => first + i);
  const settled = Number(given.settled ?? 60_000);
  let failed = 0;
  for (const seed of seeds) {
    const faults = await executeRound(roundPlanOf(seed, given.late), settled);
    for (const fault of faults.slice(0, 20)) console.log(red(`seed ${seed}: ${fault}`));
    if (faults.length === 0) continue;
    failed++;
    // One is enough to know that something is wrong.
    if (given.first) break;
  }
  const verdict = `${seeds.length} rounds from seed ${seeds[0]}, ${failed} with faults`;
  console.log(bold(failed === 0 ? green(verdict) : red(verdict)));
  Deno.exit(failed === 0 ? 0 : 1);
}

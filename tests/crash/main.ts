/**
 * Kills processes in the midst of their work, hundreds of times: `deno task crash`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { bold, dim, green, red } from "@std/fmt/colors";
import { runCampaign } from "./campaign.ts";

const HELP = `deno task crash [--kills N] [--seed N]

  --kills N  go on until so many processes have been killed (default 300)
  --seed N   what the jobs do and when processes are killed (default 1)

Exit codes: 0 all as undisturbed, 1 a difference, 2 a bad option.`;

interface Options {
  readonly kills: number;
  readonly seed: number;
}

function readOptions(args: readonly string[]): Options | string {
  const unknown: string[] = [];
  const { kills, seed, help } = parseArgs(args, {
    string: ["kills", "seed"],
    boolean: ["help"],
    default: { kills: "300", seed: "1" },
    unknown: (arg) => void unknown.push(arg),
  });
  if (help) return HELP;
  const [stranger] = unknown;
  if (stranger !== undefined) return `crash: there is no option ${stranger}; see --help`;
  for (const [name, value] of Object.entries({ kills, seed })) {
    if (!/^\d{1,9}$/.test(value)) return `crash: --${name} is "${value}"; give it a whole number`;
  }
  return { kills: Number(kills), seed: Number(seed) };
}

async function run(options: Options): Promise<boolean> {
  const startedAt = performance.now();
  let [kills, repeated, campaigns] = [0, 0, 0];
  for (let seed = options.seed; kills < options.kills; seed++) {
    try {
      const report = await runCampaign(seed, options.kills - kills);
      kills += report.kills;
      repeated += report.repeated;
      campaigns++;
    } catch (error) {
      console.error(red(`a difference, with --seed ${seed}:`));
      console.error(error instanceof Error ? error.message : error);
      return false;
    }
    const progress = `${campaigns} files, ${kills} kills, ${repeated} activations begun again`;
    console.log(dim(`seed ${seed}: as undisturbed; ${progress} so far`));
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `${green("no difference")}: ${bold(String(kills))} kills over ${campaigns} files, ` +
      `${repeated} activations begun again, none after its commit; ${seconds} s`,
  );
  return true;
}

const options = readOptions(Deno.args);
if (options === HELP) console.log(HELP);
else if (typeof options === "string") {
  console.error(options);
  Deno.exitCode = 2;
} else if (!await run(options)) Deno.exitCode = 1;

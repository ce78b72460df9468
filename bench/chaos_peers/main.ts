/**
 * Does to Millrace and to other pools what tasks can do wrong, each in a process of its own, and
 * prints what became of it: `deno task chaos:peers`.
 *
 * @module
 */
import { bold, dim, green, red } from "@std/fmt/colors";
import { denoRun, ROOT } from "../harness/deno_process.ts";
import { MARK } from "./case_main.ts";
import { CONTENDER_NAMES, type ContenderName, CONTENDERS } from "./contenders/registry.ts";
import { isContained, isImpossible, type Outcome, told } from "./outcome.ts";
import { RESULTS, type Results } from "./results.ts";
import { type Row, ROWS } from "./rows.ts";

/** A process that takes longer than this never ends, and is killed. */
const LIMIT_MS = 20_000;

/** One misdeed at one pool. */
async function tryOut(name: ContenderName, { misdeed }: Row): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: denoRun("bench/chaos_peers/case_main.ts", name, misdeed),
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const [stdout, stderr, { signal }] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  clearTimeout(timer);
  const said = stdout.split("\n").find((line) => line.startsWith(MARK));
  if (said === undefined) {
    const words = stderr.split("\n").find((line) => /error|panic/i.test(line)) ?? stderr;
    return { end: "kills the program", error: withoutPaths(words) };
  }
  const outcome: Outcome = JSON.parse(said.slice(MARK.length));
  const { error } = outcome;
  return {
    ...outcome,
    ...error !== undefined && { error: withoutPaths(error) },
    programEnds: signal === null,
  };
}

/** Paths say where this machine keeps its files, which is nobody's business. */
function withoutPaths(text: string): string {
  return text.replace(/(file:\/\/)?(\/[\w.@+-]+){2,}\//g, "").split("\n", 1)[0]?.slice(0, 200) ??
    "";
}

async function tryAll(): Promise<Results> {
  const contenders = await Promise.all(CONTENDER_NAMES.map((name) => CONTENDERS[name]()));
  const rows: Results["rows"][number][] = [];
  for (const row of ROWS) {
    console.log(bold(row.title));
    const outcomes: Record<string, Outcome> = {};
    for (const name of CONTENDER_NAMES) {
      const outcome = outcomes[name] = await tryOut(name, row);
      const paint = isContained(outcome) ? green : isImpossible(outcome) ? dim : red;
      console.log(`  ${name.padEnd(22)}${paint(told(outcome))}`);
      if (outcome.end === "kills the program") console.log(`    ${outcome.error}`);
    }
    rows.push({ misdeed: row.misdeed, title: row.title, outcomes });
  }
  const pools = contenders.map(({ version }, i) => {
    return { name: CONTENDER_NAMES[i] as ContenderName, version };
  });
  const date = new Date().toISOString();
  return { command: "deno task chaos:peers", date, deno: Deno.version.deno, pools, rows };
}

if (import.meta.main) {
  const results = await tryAll();
  await Deno.writeTextFile(new URL(RESULTS, ROOT), `${JSON.stringify(results, undefined, 2)}\n`);
  console.log(`\nwritten to ${RESULTS}`);
  // The pools of the contenders' modules may keep threads.
  Deno.exit(0);
}

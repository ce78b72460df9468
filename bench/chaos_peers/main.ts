/**
 * Executes failing tasks of all kinds in Millrace and other pools, each in a process of its own,
 * and prints the outcomes: `deno task chaos:peers`.
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

/** The time after which a process counts as never ending, and is killed, in milliseconds. */
const LIMIT_MS = 20_000;

/** Executes one failing task in one pool. */
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

/** Removes paths, as they contain private details of this machine. */
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
  // The modules of the contenders may leave threads running.
  Deno.exit(0);
}

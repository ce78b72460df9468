import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { demoCommand, hasTerminals, runDemo, runDemoOnTerminal, spawn } from "./demo_process.ts";
import { Screen } from "../terminal/screen.ts";

/** Colours, as no other escape sequences end. */
// deno-lint-ignore no-control-regex
const COLOUR = /\u001b\[[\d;]*m/;

Deno.test("--help lists every option and exit code", async () => {
  const { code, stdout, stderr } = await runDemo({ args: ["--help"] });
  assertEquals([code, stderr], [0, ""]);
  const options = ["--jobs", "--max-workers", "--interval", "--strategy", "--json", "--no-color"];
  options.push("--report");
  for (const option of options) assertStringIncludes(stdout, `\n  ${option} `);
  for (const end of ["0 ", "1 ", "2 ", "130 "]) assertStringIncludes(stdout, end);
});

Deno.test("demo() exits with 2 on a bad value", async () => {
  const { code, stdout, stderr } = await runDemo({ args: ["--max-workers", "1.5"] });
  assertEquals([code, stdout], [2, ""]);
  assertEquals(stderr, 'demo: --max-workers is "1.5"; give it a whole number from 1 to 64\n');
});

Deno.test("demo() exits with 1 after a failed job", async () => {
  const { code, stdout } = await runDemo({ args: ["--jobs", "1", "--chaos", "1"] });
  assertEquals(code, 1);
  assertMatch(stdout, /5 Summary ─+\n +jobs +1\n +completed +0\n +failed +1\n/);
});

Deno.test("--interval sets the time between status lines", async () => {
  const looks = async (interval: number) => {
    const args = ["--jobs", "1", "--interval", String(interval)];
    return (await runDemo({ args })).stdout.match(/^ +\d\.\d s {2}job_1 /gm)?.length ?? 0;
  };
  // However long it takes, the first look and the last are taken, and on a busy machine not many between.
  assertEquals(await looks(60_000), 2);
  assert(await looks(20) > 2);
});

Deno.test("--strategy sequential compares with one worker", async () => {
  const args = ["--jobs", "2", "--strategy", "sequential"];
  const { stdout } = await runDemo({ args });
  assertMatch(stdout, /limit +1 worker for all jobs together\n/);
  assertMatch(stdout, /lower bound +\d+\.\d ms +busy time \/ 1: /);
});

Deno.test("--json is refused without write permission", async () => {
  const { code, stdout, stderr } = await runDemo({ args: ["--json", "results.json"] });
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /^demo: --json results\.json needs .+ --allow-write=results\.json\n$/);
});

Deno.test("--json is refused for an unwritable path", async () => {
  const folder = await Deno.makeTempDir();
  const permissions = ["--allow-read=.", `--allow-write=${folder}`];
  const args = ["--json", `${folder}/none/results.json`];
  const { code, stdout, stderr } = await runDemo({ args, permissions });
  await Deno.remove(folder);
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /^demo: --json .+ cannot be written \(No such file.+\n$/);
});

Deno.test("--report is refused like --json before the run", async () => {
  const denied = await runDemo({ args: ["--report", "report.html"] });
  assertEquals([denied.code, denied.stdout], [2, ""]);
  assertMatch(denied.stderr, /^demo: --report report\.html needs .+ --allow-write=report\.html\n$/);
  const folder = await Deno.makeTempDir();
  const permissions = ["--allow-read=.", `--allow-write=${folder}`];
  const lost = await runDemo({ args: ["--report", `${folder}/none/report.html`], permissions });
  await Deno.remove(folder);
  assertEquals([lost.code, lost.stdout], [2, ""]);
  assertMatch(lost.stderr, /^demo: --report .+ cannot be written \(No such file.+\n$/);
});

Deno.test("--report writes a page with the jobs", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const permissions = ["--allow-read=.", `--allow-write=${folder}`];
    const args = ["--jobs", "2", "--report", `${folder}/report.html`];
    const { code, stdout, stderr } = await runDemo({ args, permissions });
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, `report    ${folder}/report.html`);
    const html = await Deno.readTextFile(`${folder}/report.html`);
    const [, json = ""] = /id="report">(.*?)<\/script/s.exec(html) ?? [];
    const { jobs, figures, snapshot } = JSON.parse(json);
    assertEquals(jobs.map(({ row }: { row: { jobId: string } }) => row.jobId), ["job_1", "job_2"]);
    assertEquals([figures.executions, snapshot.jobs.completed], [10, 2]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("demo() exits with 1 without read permission", async () => {
  const { code, stdout, stderr } = await runDemo({ permissions: [] });
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^demo: .+ permission to read .+ --allow-read=\. .+\n$/);
});

Deno.test("demo() reports a routine that fails to load", async () => {
  const { code, stderr } = await runDemo({ permissions: ["--allow-read=examples,workers,src"] });
  assertEquals(code, 1);
  assertMatch(stderr, /^demo: .+"DataSource" does not load in a worker: .+ --allow-read.*\n$/);
});

Deno.test("demo() cancels jobs on SIGINT and exits with 130", async () => {
  const demo = spawn(demoCommand({
    args: ["--jobs", "12", "--max-workers", "1", "--interval", "50"],
  }));
  let stdout = "";
  for await (const chunk of demo.stdout.pipeThrough(new TextDecoderStream())) {
    // Once something was reached, and long before the end.
    if (!stdout.includes("log   1") && `${stdout}${chunk}`.includes("log   1")) {
      demo.kill("SIGINT");
      demo.kill("SIGINT"); // as `deno task` passes it on
    }
    stdout += chunk;
  }
  const stderr = await new Response(demo.stderr).text();
  const { code } = await demo.status;
  assertEquals(code, 130);
  assertEquals(stderr, "demo: interrupted: the jobs that had not ended were cancelled\n");
  assertMatch(stdout, /^ {2}job_1 {2}cancelled after .+\n +JobCancelledError: .+ Ctrl-C$/m);
  assertMatch(stdout, /shared data\n +reading .+gauge_1/);
  assertMatch(stdout, /^ +DataSource +[▐█▌]+ +w\d/m);
  assertMatch(stdout, /5 Summary ─+\n +jobs +12\n +completed +0\n +failed +0\n +cancelled +12\n/);
});

const onTerminal = { ignore: !await hasTerminals() };

Deno.test(
  "demo() draws jobs in place and in colour",
  onTerminal,
  async () => {
    const sent = await runDemoOnTerminal({ columns: 80, rows: 30 }, { args: ["--interval", "50"] });
    assertMatch(sent, COLOUR);
    const lines = linesOf(sent, 80, 30);
    for (const jobId of ["job_1", "job_2", "job_3", "job_4"]) {
      assertEquals(lines.filter((line) => line.startsWith(`  ${jobId}  completed  –`)).length, 1);
    }
  },
);

Deno.test(
  "demo() counts jobs beyond the terminal's rows",
  onTerminal,
  async () => {
    const args = ["--jobs", "12", "--max-workers", "6", "--interval", "50"];
    const sent = await runDemoOnTerminal({ columns: 80, rows: 10 }, { args });
    const lines = linesOf(sent, 80, 10);
    const rows = lines.filter((line) => /^ {2}job_\d+ +completed +–/.test(line));
    assertEquals(rows.length, 4);
    assertEquals(lines.filter((line) => line === "  and 8 more jobs: 8 completed").length, 1);
  },
);

Deno.test("demo() omits colours by NO_COLOR and --no-color", onTerminal, async () => {
  const size = { columns: 80, rows: 30 };
  const args = ["--jobs", "1"];
  assertNotMatch(await runDemoOnTerminal(size, { args, env: { NO_COLOR: "1" } }), COLOUR);
  assertNotMatch(await runDemoOnTerminal(size, { args: [...args, "--no-color"] }), COLOUR);
});

/** All lines that a terminal ends up with, those that have scrolled out at its top included. */
function linesOf(sent: string, columns: number, rows: number): string[] {
  const screen = new Screen(columns, rows);
  screen.write(sent);
  assert(screen.isInOrder, "the terminal was left changed");
  return [...screen.scrolled, ...screen.shown].map((line) => line.trimEnd());
}

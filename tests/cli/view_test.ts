import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "@millrace/flow/sqlite";
import { hasControls } from "../../src/errors/printable.ts";
import { readTrace } from "../export/trace_format.ts";
import { flow } from "./flows.ts";
import { addOtherFlow, numbersJournal, tempFolder } from "./journals.ts";
import {
  callCli,
  jsonOf,
  NO_TERMINAL,
  runCli,
  runOnTerminal,
  runShell,
  shellLine,
} from "./run_cli.ts";

interface ListJson {
  readonly total: number | null;
  readonly jobs: readonly {
    readonly jobId: string;
    readonly flowId: string;
    readonly status: string;
    readonly completed: number;
    readonly error?: { readonly name: string; readonly message: string };
  }[];
}

interface JobJson {
  readonly job: ListJson["jobs"][number];
  readonly trace: {
    readonly flowId: string;
    readonly activations: readonly { readonly outcome: string }[];
  };
  readonly state: {
    readonly sharedData: Readonly<Record<string, unknown>>;
    readonly sharedLog: readonly unknown[];
  };
}

Deno.test("view lists the newest jobs first", async () => {
  using folder = await numbersJournal();
  const { code, stdout, stderr } = await runCli(["view", folder.file], [
    `--allow-read=${folder.file}`,
  ]);
  assertEquals([code, stderr], [0, ""]);
  const [title, , header, ...rows] = stdout.trimEnd().split("\n");
  assertEquals(title, "3 jobs: 2 failed, 1 completed");
  assertMatch(header ?? "", /^JOB +STATUS +CREATED \(UTC\) +TOOK +DONE$/);
  assertMatch(
    rows[1] ?? "",
    /^unlucky +failed +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d .* 1\/1 {2}RangeError: unlucky$/,
  );
  assertEquals(rows.map((row) => row.split(" ")[0]), ["hostile", "unlucky", "first"]);

  const { total, jobs } = await jsonOf(["view", folder.file], callCli) as ListJson;
  assertEquals(total, 3);
  assertEquals(
    jobs.map(({ jobId, flowId, status, completed }) => [jobId, flowId, status, completed]),
    [
      ["hostile", "numbers", "failed", 0],
      ["unlucky", "numbers", "failed", 0],
      ["first", "numbers", "completed", 2],
    ],
  );
  assertEquals(jobs[1]?.error?.message, "unlucky");
});

Deno.test("view selects jobs by status and flow", async () => {
  using folder = await numbersJournal();
  await addOtherFlow(folder.file);
  const ids = async (...args: string[]) =>
    (await jsonOf(["view", folder.file, ...args], callCli) as ListJson).jobs.map(({ jobId }) =>
      jobId
    );
  assertEquals(await ids("--status", "completed"), ["elsewhere", "first"]);
  assertEquals(await ids("--status=failed,cancelled", "--limit=1"), ["hostile"]);
  assertEquals(await ids("--flow", "other"), ["elsewhere"]);
  assertEquals(await ids("--flow", "nobody"), []);
  const { stdout } = await callCli(["view", folder.file, "--limit=2"]);
  assertStringIncludes(stdout, "the newest 2 of 4 jobs");
  assertStringIncludes(stdout, "FLOW");
  const none = await callCli(["view", folder.file, "--flow", "nobody"]);
  assertEquals([none.code, none.stdout], [0, "There are no such jobs.\n"]);
});

Deno.test("view --job shows a job in detail", async () => {
  using folder = await numbersJournal();
  const first = await callCli(["view", folder.file, "--job", "first"]);
  assertEquals([first.code, first.stderr], [0, ""]);
  for (
    const part of [
      "first  completed after",
      "flow numbers",
      "double.number",
      "keep.number",
      "result  2",
      "doubled 1",
    ]
  ) {
    assertStringIncludes(first.stdout, part);
  }
  const unlucky = await callCli(["view", folder.file, "--job", "unlucky"]);
  assertMatch(unlucky.stdout, /Errors\n {2}RangeError: unlucky\n {6}at number \(.*flows\.ts/);

  const { job, trace, state } = await jsonOf(
    ["view", folder.file, "--job=first"],
    callCli,
  ) as JobJson;
  assertEquals([job.jobId, job.status, trace.flowId], ["first", "completed", "numbers"]);
  assertEquals(trace.activations.map(({ outcome }) => outcome), ["completed", "completed"]);
  assertEquals([state.sharedData, state.sharedLog.length], [{ result: 2 }, 1]);
});

Deno.test("view --job --limit shows the last activations", async () => {
  using folder = await numbersJournal();
  const { stdout } = await callCli(["view", folder.file, "--job", "first", "--limit", "1"]);
  assertStringIncludes(stdout, "and 1 earlier activation\n");
  assert(!stdout.includes("double.number"));
});

Deno.test("view refuses a job that is not there", async () => {
  using folder = await numbersJournal();
  const { code, stdout, stderr } = await callCli(["view", folder.file, "--job", "nobody\n"]);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(stderr, `millrace: there is no job "nobody\\n" in the file\n`);
});

Deno.test("view shows hostile texts as text", async () => {
  using folder = await numbersJournal();
  const evil = "evil\u001b[31m\nid\u202e";
  using store = new SqliteStore(folder.file);
  using _ = store.open({ flowId: evil, lines: [] });
  const activation = { activationId: `${evil}/1`, routineId: evil, slot: evil, payload: evil };
  store.append([{
    type: "job_started",
    jobId: evil,
    flowId: evil,
    seq: 1,
    at: Date.now(),
    activation,
  }]);
  for (const args of [[], ["--job", "hostile"], ["--job", evil]]) {
    for (const json of [[], ["--json"]]) {
      const { code, stdout } = await callCli(["view", folder.file, ...args, ...json]);
      assertEquals(code, 0);
      assert(!hasControls(stdout.replaceAll("\n", "")), JSON.stringify(stdout));
    }
  }
  const { stdout } = await callCli(["view", folder.file, "--job", "hostile"]);
  for (
    const part of [
      "\\u001b[31mkey",
      "\\u001b[2Jvalue\\n\\u202eend",
      "\\u001b]0;title\\u0007\\nlog",
      "RangeError: \\u001b[31mred",
    ]
  ) {
    assertStringIncludes(stdout, part);
  }
  const { jobs } = await jsonOf(["view", folder.file], callCli) as ListJson;
  assert(jobs.some(({ jobId }) => jobId === evil));
});

Deno.test("view --trace writes a Chrome trace", async () => {
  using folder = await numbersJournal();
  const out = `${folder.path}/trace.json`;
  const all = await callCli(["view", folder.file, "--trace", out]);
  assertEquals([all.code, all.stdout, all.stderr], [0, `wrote ${out}\n`, ""]);
  const jobsIn = async () =>
    readTrace(await Deno.readTextFile(out)).filter(({ ph, cat }) => ph === "b" && cat === "job")
      .map(({ name }) => name);
  assertEquals(await jobsIn(), ["first", "unlucky", "hostile"]);
  assertEquals(await jsonOf(["view", folder.file, "--job", "first", "--trace", out], callCli), {
    trace: out,
  });
  assertEquals(await jobsIn(), ["first"]);
});

Deno.test("view never replaces the journal, nor one output by the other", async () => {
  using folder = await numbersJournal();
  const { file } = folder;
  const [linked, hard] = [`${folder.path}/linked.html`, `${folder.path}/hard.html`];
  await Deno.symlink(file, linked);
  await Deno.link(file, hard);
  const before = await Deno.readFile(file);
  for (const out of [file, linked, hard, `${file}-wal`, `${folder.path}/./jobs.db`]) {
    for (const option of ["--html", "--trace"]) {
      const { code, stdout, stderr } = await callCli(["view", file, option, out]);
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, /^millrace: --\w+ \S+ is the file of the journal; .*\n$/);
    }
  }
  assertEquals(await Deno.readFile(file), before);
  const out = `${folder.path}/out`;
  const { code, stderr } = await callCli(["view", file, "--html", out, "--trace", out]);
  assertEquals(code, 2);
  assertMatch(stderr, /^millrace: --trace \S+ is the file of --html; .*\n$/);
});

Deno.test("view names the file that it cannot write", async () => {
  using folder = await numbersJournal();
  for (const option of ["--html", "--trace"]) {
    const { code, stderr } = await callCli(["view", folder.file, option, folder.path]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `millrace: cannot write ${folder.path}: `);
  }
});

Deno.test("view --limit takes any number", async () => {
  using folder = await numbersJournal();
  const many = await callCli(["view", folder.file, "--limit", "9".repeat(30)]);
  assertEquals(many.stdout, (await callCli(["view", folder.file])).stdout);
});

Deno.test("view --timeline and --report draw the run", async () => {
  using folder = await numbersJournal();
  const timeline = await callCli(["view", folder.file, "--timeline"]);
  assertEquals([timeline.code, timeline.stderr], [0, ""]);
  assertMatch(timeline.stdout, /^unlucky\n {2}double .* failed$/m);
  const one = await callCli(["view", folder.file, "--timeline", "--job", "first"]);
  assert(!one.stdout.includes("unlucky"));
  const { stdout } = await callCli(["view", folder.file, "--report"]);
  for (const title of ["Summary", "Graph", "Timeline", "Failures"]) {
    assertStringIncludes(stdout, title);
  }
  const report = await jsonOf(["view", folder.file, "--report"], callCli) as Record<
    string,
    unknown
  >;
  assertEquals([report.version, report.flowId], [1, "numbers"]);
});

Deno.test("view --html writes a report that asks nothing of the network", async () => {
  using folder = await numbersJournal();
  const out = `${folder.path}/report.html`;
  const { code, stdout, stderr } = await callCli(["view", folder.file, "--html", out]);
  assertEquals([code, stdout, stderr], [0, `wrote ${out}\n`, ""]);
  const html = await Deno.readTextFile(out);
  assertMatch(html, /^<!doctype html>/i);
  assertStringIncludes(html, '"jobId":"unlucky"');
});

Deno.test("view asks for one flow where a view cannot show several", async () => {
  using folder = await numbersJournal();
  await addOtherFlow(folder.file);
  const { code, stdout, stderr } = await callCli(["view", folder.file, "--timeline"]);
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    stderr,
    `millrace: the jobs are of several flows; choose one with --flow: "other", "numbers"\n`,
  );
  assertEquals((await callCli(["view", folder.file, "--timeline", "--flow", "other"])).code, 0);
  const trace = await callCli(["view", folder.file, "--trace", `${folder.path}/trace.json`]);
  assertEquals(trace.code, 0);
});

Deno.test("view reads a journal that another process writes", async () => {
  using folder = tempFolder();
  await using writer = await startWriter(folder.file);
  const { jobs } = await jsonOf(["view", folder.file], callCli) as ListJson;
  assertEquals(jobs.map(({ jobId, status }) => [jobId, status]), [["waiting", "running"], [
    "done",
    "completed",
  ]]);
  const { code, stdout } = await callCli(["view", folder.file, "--job", "waiting"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "so far");
  assertStringIncludes(stdout, "executing");
  assertEquals(await writer.end(), "done\n");
});

Deno.test("view shows what the unfinished jobs of a journal wait for", async () => {
  using folder = tempFolder();
  {
    using store = new SqliteStore(folder.file);
    await using numbers = flow({ store });
    numbers.start("double.number", 1, { jobId: "delayed", delay: 3_600_000 });
    numbers.pause(numbers.start("double.number", 1, { jobId: "paused", delay: 3_600_000 }));
    await numbers.flush();
    const list = await runCli(["view", folder.file]);
    const time = String.raw`at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`;
    assertMatch(list.stdout, RegExp(`delayed .* waits for delay of double \\(over ${time}\\)\n`));
    assertMatch(list.stdout, /paused .* waits for a resume\n/);
    const { stdout } = await runCli(["view", folder.file, "--job", "delayed"]);
    assertMatch(
      stdout,
      RegExp(`\nWaits\n  double  1 activation waits for a delay, over ${time}\n`),
    );
  }
});

Deno.test("view --dashboard serves a journal until Ctrl-C", async () => {
  using folder = await numbersJournal();
  const { inheritedStdFlags } = await import("../../tools/std_flags.ts");
  const args = ["view", "--dashboard", folder.file, "--json"];
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-read", "--allow-net=127.0.0.1", ...inheritedStdFlags()],
      ...["src/cli/cli.ts", ...args],
    ],
    cwd: new URL("../../", import.meta.url),
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.endsWith("}\n")) text += (await reader.read()).value ?? "";
  const { url, port } = JSON.parse(text);
  assert(url.startsWith(`http://127.0.0.1:${port}/#token=`));
  const [page, token] = url.split("#token=");
  const flows = await fetch(`${page}api/flows`, { headers: { authorization: `Bearer ${token}` } });
  assertEquals(
    (await flows.json()).map(({ flowId, canAct }: Record<string, unknown>) => [flowId, canAct]),
    [
      ["numbers", false],
    ],
  );
  const refused = await fetch(`${page}api/flows`);
  assert(!refused.ok);
  await refused.body?.cancel();
  child.kill("SIGINT");
  assertEquals((await child.status).code, 130);
  await reader.cancel();
});

Deno.test("view --dashboard names the flag of a missing permission", async () => {
  using folder = await numbersJournal();
  const { code, stderr } = await runCli(["view", folder.file, "--dashboard", "8123"], [
    "--allow-read",
  ]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /needs permission to listen on 127\.0\.0\.1:8123; run it with --allow-net=127\.0\.0\.1:8123\n$/,
  );
  const nobody = await callCli(["view", folder.file, "--dashboard", "--flow", "nobody"]);
  assertEquals([nobody.code, nobody.stderr], [
    1,
    `millrace: there are no jobs of flow "nobody" in the file\n`,
  ]);
});

const FOREIGN: readonly (readonly [
  name: string,
  content: Uint8Array<ArrayBuffer> | undefined,
  message: RegExp,
])[] = [
  ["missing.db", undefined, /StoreReadError: .*missing\.db cannot be read/],
  ["empty.db", new Uint8Array(), /StoreReadError: .*it is empty/],
  [
    "text.db",
    new TextEncoder().encode("no journal\n".repeat(900)),
    /StoreCorruptError: .*is no SQLite file/,
  ],
];

for (const [name, content, message] of FOREIGN) {
  Deno.test(`view refuses ${name} with one line`, async () => {
    using folder = tempFolder();
    const file = `${folder.path}/${name}`;
    if (content !== undefined) await Deno.writeFile(file, content);
    const { code, stdout, stderr } = await callCli(["view", file]);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, message);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
    assertEquals([...Deno.readDirSync(folder.path)].length, content === undefined ? 0 : 1);
  });
}

Deno.test("view refuses an SQLite file that is no journal", async () => {
  using folder = tempFolder();
  {
    using database = new DatabaseSync(folder.file);
    database.exec("CREATE TABLE jobs (name TEXT)");
  }
  const { code, stdout, stderr } = await callCli(["view", folder.file]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^millrace: Store\w+Error: .*\n$/);
});

Deno.test("view shows a damaged journal as far as it is readable", async () => {
  using folder = await numbersJournal();
  {
    using database = new DatabaseSync(folder.file);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const bytes = await Deno.readFile(folder.file);
  await Deno.writeFile(folder.file, bytes.subarray(0, Math.floor(bytes.length / 2)));
  const { code, stdout, stderr } = await callCli(["view", folder.file]);
  if (code === 0) assertStringIncludes(stdout, "JOB");
  else {
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^millrace: Store\w+Error: .*\n$/);
  }
});

Deno.test("view shows the other jobs beside a damaged one", async () => {
  using folder = await numbersJournal();
  damage(folder.file, "unlucky");
  const [html, trace] = [`${folder.path}/out.html`, `${folder.path}/out.json`];
  for (const args of [["--report", "--json"], ["--html", html], ["--trace", trace]]) {
    const { code, stderr } = await callCli(["view", folder.file, ...args]);
    assertEquals(code, 0, stderr);
    assertMatch(stderr, /^millrace: left out 1 job that cannot be read:\n {2}unlucky: .*\n$/);
  }
  const report = await callCli(["view", folder.file, "--report"]);
  assertStringIncludes(report.stdout, "first");
  assertMatch(Deno.readTextFileSync(trace), /"first"/);
});

/** Makes the events of a job unreadable. */
function damage(file: string, jobId: string): void {
  using database = new DatabaseSync(file);
  database.prepare(
    "UPDATE events SET text = 'no event' WHERE job = (SELECT id FROM jobs WHERE job_id = ?)",
  ).run(jobId);
}

Deno.test("view names the flag of a missing permission", async () => {
  using folder = await numbersJournal();
  const { code, stdout, stderr } = await runCli(["view", folder.file], []);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr,
    `millrace: needs permission to read ${folder.file}; run it with --allow-read=${folder.file}\n`,
  );
  const out = `${folder.path}/out.json`;
  const trace = await runCli(["view", folder.file, "--trace", out], ["--allow-read"]);
  assertEquals(
    trace.stderr,
    `millrace: needs permission to write ${out}; run it with --allow-write=${out}\n`,
  );
});

Deno.test("view ends quietly when nobody reads its output any more", async () => {
  using folder = await numbersJournal();
  const line = `${shellLine(["view", folder.file, "--job", "first", "--json"])} | head -1`;
  const { code, stdout, stderr } = await runShell(line);
  assertEquals([code, stdout, stderr], [0, "{\n", ""]);
  const closed = await runShell(`( ${shellLine(["view", folder.file])}; echo $? >&2 ) | true`);
  assertEquals(closed.stderr, "0\n");
});

Deno.test({
  name: `view asks for no permission on a terminal${NO_TERMINAL}`,
  ignore: NO_TERMINAL !== "",
  async fn() {
    using folder = await numbersJournal();
    for (const args of [["view", folder.file], ["graph", "tests/cli/flows.ts"]]) {
      const { code, stdout } = await runOnTerminal(shellLine(args, []), 80);
      assertEquals(code, 1);
      assertMatch(
        stdout,
        /^millrace: needs permission to read \S+; run it with --allow-read=\S+\r\n$/,
      );
    }
  },
});

Deno.test({
  name: `view fits its lines into the terminal${NO_TERMINAL}`,
  ignore: NO_TERMINAL !== "",
  async fn() {
    using folder = await numbersJournal();
    for (const columns of [20, 40, 80]) {
      for (const args of [["view", folder.file], ["view", folder.file, "--job", "unlucky"]]) {
        const { code, stdout } = await runOnTerminal(`NO_COLOR=1 ${shellLine(args)}`, columns);
        assertEquals(code, 0);
        const lines = stdout.split("\r\n");
        assert(lines.length > 4);
        assertEquals(lines.filter((line) => [...line].length > columns), []);
      }
    }
  },
});

Deno.test({
  name: `view has colours on a terminal${NO_TERMINAL}`,
  ignore: NO_TERMINAL !== "",
  async fn() {
    using folder = await numbersJournal();
    const line = shellLine(["view", folder.file]);
    const isColored = async (before: string, after = "") =>
      (await runOnTerminal(`${before} ${line} ${after}`, 80)).stdout.includes("\u001b[3");
    assertEquals(await isColored("env -u NO_COLOR"), true);
    assertEquals(await isColored("NO_COLOR=1"), false);
    assertEquals(await isColored("NO_COLOR=1 FORCE_COLOR=1"), true);
    assertEquals(await isColored("FORCE_COLOR=1", "--no-color"), false);
    const piped = await runShell(`FORCE_COLOR=1 ${line}`);
    assert(piped.stdout.includes("\u001b[3"));
    assert(!(await runShell(`env -u NO_COLOR ${line}`)).stdout.includes("\u001b["));
  },
});

/** Starts a process that writes a journal, and waits until a job executes. */
async function startWriter(file: string) {
  const { inheritedStdFlags } = await import("../../tools/std_flags.ts");
  const program = new URL("writer_program.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...inheritedStdFlags(), program, file],
    cwd: new URL("../../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await reader.read()).value, "executing\n");
  let isEnded = false;
  const end = async (): Promise<string> => {
    isEnded = true;
    await child.stdin.close();
    const { value = "" } = await reader.read();
    await reader.cancel();
    assertEquals((await child.status).code, 0);
    return value;
  };
  return {
    end,
    async [Symbol.asyncDispose]() {
      if (!isEnded) await end();
    },
  };
}

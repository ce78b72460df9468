import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SqliteStore } from "@millrace/flow/sqlite";
import { inheritedStdFlags } from "../../tools/std_flags.ts";
import { addOtherFlow, numbersJournal, tempFolder } from "./journals.ts";
import { runCli } from "./run_cli.ts";

const MODULE = "tests/cli/flows.ts";

Deno.test("rerun runs a completed job again from its first activation", async () => {
  using folder = await numbersJournal();
  const { code, stdout, stderr } = await runCli(
    ["rerun", folder.file, "first", "--module", MODULE, "--id", "again"],
    ["--allow-read", "--allow-write"],
  );
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^again {2}completed after /);
  using store = new SqliteStore(folder.file, { readOnly: true });
  assertEquals(store.jobs().map(({ jobId, status }) => [jobId, status]).slice(0, 1), [[
    "again",
    "completed",
  ]]);
});

Deno.test("rerun begins with the activation that failed", async () => {
  using folder = await numbersJournal();
  const { code, stdout, stderr } = await runCli([
    "rerun",
    folder.file,
    "unlucky",
    "--module",
    MODULE,
    "--json",
  ]);
  assertEquals([code, stderr], [1, ""]);
  const { jobId, from, status, error } = JSON.parse(stdout);
  assertEquals([from, status, error.name, error.message], [
    "unlucky/1",
    "failed",
    "RangeError",
    "unlucky",
  ]);
  using store = new SqliteStore(folder.file, { readOnly: true });
  assertEquals(store.jobs({ limit: 1 })[0]?.jobId, jobId);
});

Deno.test("rerun --from begins with a certain activation", async () => {
  using folder = await numbersJournal();
  const args = ["rerun", folder.file, "first", "--module", MODULE, "--json"];
  const { code, stdout } = await runCli([...args, "--from", "first/2"]);
  assertEquals(code, 0);
  assertEquals(JSON.parse(stdout).from, "first/2");
  const wrong = await runCli([...args, "--from", "first/99"]);
  assertEquals([wrong.code, wrong.stdout], [1, ""]);
  assertStringIncludes(wrong.stderr, "millrace: UnknownActivationError: ");
});

Deno.test("rerun leaves a job that needs more items of a feed in the file", async () => {
  using folder = tempFolder();
  {
    const { flow } = await import("./flows.ts");
    using store = new SqliteStore(folder.file);
    await using numbers = flow({ store });
    const endless = async function* () {
      yield 13;
      await Promise.withResolvers<never>().promise;
    };
    await numbers.feed("double.number", endless, { jobId: "fed" }).waitForCompletion();
  }
  const { code, stdout, stderr } = await runCli([
    ...["rerun", folder.file, "fed", "--module", MODULE, "--id", "again"],
  ]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^millrace: more items of a feed followed.*; job "again" stays in the file/);
  using store = new SqliteStore(folder.file, { readOnly: true });
  assertEquals(store.jobs({ limit: 1 })[0]?.status, "running");
});

Deno.test("rerun refuses what does not fit", async () => {
  using folder = await numbersJournal();
  await addOtherFlow(folder.file);
  const failure = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(["rerun", ...args]);
    assertEquals([code, stdout], [1, ""]);
    return stderr;
  };
  const { file, path } = folder;
  assertMatch(await failure(file, "nobody", "--module", MODULE), /there is no job "nobody"/);
  assertMatch(
    await failure(file, "elsewhere", "--module", MODULE),
    /of flow "other", and the module has flow "numbers"/,
  );
  assertMatch(
    await failure(file, "first", "--module", MODULE, "--id", "unlucky"),
    /DuplicateJobError/,
  );
  const faulty = ["--module", "tests/cli/faulty_flows.ts", "--export", "circle"];
  assertMatch(
    await failure(file, "first", ...faulty),
    /with a store of its own; export a function/,
  );
  assertMatch(await failure(`${path}/missing.db`, "first", "--module", MODULE), /StoreReadError/);
  assert(![...Deno.readDirSync(path)].some(({ name }) => name.startsWith("missing")));
  using _ = new SqliteStore(file);
  assertMatch(await failure(file, "first", "--module", MODULE), /StoreLockedError/);
});

Deno.test("rerun keeps the lines that routines print out of its output", async () => {
  using folder = tempFolder();
  const module = "tests/cli/loud_flow.ts";
  const { flow } = await import("./loud_flow.ts");
  {
    using store = new SqliteStore(folder.file);
    await using loud = flow({ store });
    await loud.execute("loud.number", 1, { jobId: "first" });
  }
  const { code, stdout, stderr } = await runCli([
    ...["rerun", folder.file, "first", "--module", module, "--json"],
  ]);
  assertEquals([code, JSON.parse(stdout).status], [0, "completed"]);
  assertStringIncludes(stderr, "a routine\n");
  const validated = await runCli(["validate", module, "--json"]);
  assertEquals(JSON.parse(validated.stdout), { flowId: "loud", issues: [] });
});

Deno.test("rerun names the flag of a missing permission", async () => {
  using folder = await numbersJournal();
  const { code, stderr } = await runCli(["rerun", folder.file, "first", "--module", MODULE], [
    "--allow-read",
  ]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^millrace: needs permission to write \S.*; run it with --allow-write=\S+\n$/,
  );
  // Each flag that it names is enough.
  const { file } = folder;
  const flag = `--allow-write=${["", "-wal", "-shm", ".lock"].map((suffix) => file + suffix)}`;
  const args = ["rerun", file, "first", "--module", MODULE];
  const one = await runCli(args, ["--allow-read", `--allow-write=${file}`]);
  assertEquals([one.code, one.stderr.endsWith(`${flag}\n`)], [1, true], one.stderr);
  assertEquals((await runCli(args, ["--allow-read", flag])).code, 0);
});

Deno.test("rerun leaves the job in the file on Ctrl-C", async () => {
  using folder = tempFolder();
  const module = "tests/cli/patient_flow.ts";
  await fill(folder.file);
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", ...inheritedStdFlags(), "src/cli/cli.ts"],
      ...["rerun", folder.file, "old", "--module", module, "--id", "new"],
    ],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await until(folder.file, "new", "activation_started");
  child.kill("SIGINT");
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  assertEquals([code, text.decode(stdout)], [130, ""]);
  assertMatch(text.decode(stderr), /^millrace: interrupted; job "new" stays in the file/);
  await until(folder.file, "new", "job_left");
});

/** Creates a journal with a job that was cancelled while it executed. */
async function fill(file: string): Promise<void> {
  const { flow } = await import("./patient_flow.ts");
  using store = new SqliteStore(file);
  await using numbers = flow({ store });
  const job = numbers.start("patient.number", 1, { jobId: "old" });
  for await (const { type } of numbers.events({ jobId: "old", after: 0 })) {
    if (type === "activation_started") break;
  }
  await numbers.cancel(job).waitForCompletion();
}

/** Waits for an event in a journal. */
async function until(file: string, jobId: string, type: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    using store = new SqliteStore(file, { readOnly: true });
    // A rerun begins with the events of the other job.
    const events = store.read(jobId)?.events ?? [];
    const own = events.slice(events.findLastIndex((event) => event.type === "job_recovered") + 1);
    if (own.length < events.length && own.some((event) => event.type === type)) return;
    assert(Date.now() < deadline, `no ${type} of ${jobId}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

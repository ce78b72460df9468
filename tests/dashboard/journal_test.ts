import { assert, assertEquals, fail } from "@std/assert";
import { Flow } from "@millrace/flow";
import { SqliteStore } from "@millrace/flow/sqlite";
import { MemoryStore, type Store } from "@millrace/flow/store";
import { dashboard } from "../../src/dashboard/dashboard.ts";
import { JournalSources } from "../../src/run/journal_sources.ts";
import { RunFollower } from "../../src/run/run_follower.ts";
import { inheritedStdFlags } from "../../tools/std_flags.ts";
import { fibonacci, total } from "../../examples/fibonacci.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { Folder } from "../store/folder.ts";
import { DashboardClient, type SseEvent, until } from "./dashboard_client.ts";
import { shown } from "./shown_routines.ts";

const pool = sharedPool();

/** A process that writes a journal, on command. */
class Writer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;

  constructor(path: string) {
    const program = new URL("./journal_program.ts", import.meta.url).pathname;
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", ...inheritedStdFlags(), program, path],
      cwd: new URL("../../", import.meta.url),
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async line(): Promise<string> {
    return (await this.#lines.read()).value?.trim() ?? "";
  }

  async command(name: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(name));
    assertEquals(await this.line(), "done");
  }

  async end(): Promise<void> {
    await this.#input.close();
    await this.#process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#lines.cancel();
    await this.#process.status;
  }
}

Deno.test("dashboard() follows a journal that another process writes", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  await using writer = new Writer(path);
  assertEquals(await writer.line(), "ready");
  using store = new SqliteStore(path, { readOnly: true });
  await using view = dashboard(new JournalSources(store));
  const client = new DashboardClient(view);
  const flows = await client.flows();
  assertEquals(flows.map(({ flowId, status, canAct }) => [flowId, status, canAct]), [
    ["numbers", "recorded", false],
    ["asking", "recorded", false],
  ]);
  assertEquals(flows[0]?.graph.connections, [
    { from: "fibonacci", event: "result", to: "total", slot: "number" },
  ]);
  const open = await client.jobs("asking");
  assertEquals(open.rows.map(({ jobId, status, waiting }) => [jobId, status, waiting]), [
    ["open", "running", 1],
  ]);
  // All of this is seen without having read the events of all jobs.
  const events: SseEvent[] = [];
  const following = (async () => {
    for await (const event of client.stream(`${client.pathOf("asking", "open")}/stream`)) {
      events.push(event);
    }
  })();
  await until(() => events.length === 3, "the events so far");
  assertEquals((await client.snapshot("asking")).jobs.running, 1);
  await writer.command("more");
  await until(async () => (await client.jobs("numbers")).total === 6, "the new jobs");
  await until(async () => (await client.snapshot("numbers")).jobs.completed === 6, "their numbers");
  assertEquals((await client.jobs("numbers", "q=NUMBER_3")).rows[0]?.completed, 2);
  await writer.command("signal");
  await following;
  assertEquals(events.at(-1)?.type, "end");
  assertEquals(
    events.slice(0, -1).map(({ data }) => data.seq),
    Array.from({ length: events.length - 1 }, (_, i) => i + 1),
  );
  await until(async () => (await client.snapshot("asking")).jobs.completed === 1, "the end");
  await until(
    async () => (await client.jobs("asking", "status=completed")).total === 1,
    "the end in the list",
  );
  const { sharedData, trace } = await client.job("asking", "open");
  assertEquals([sharedData[0]?.value.text, trace.status], ['"now"', "completed"]);
  const { status } = await client.act("asking", { type: "pause" });
  assertEquals(status, 409);
  await writer.end();
  assertEquals((await client.jobs("numbers")).total, 6);
});

/** A store that counts the jobs that are read. */
function counting(store: Store) {
  const reads = { jobs: 0, read: 0, latest: 0 };
  const counted = new Proxy(store, {
    get(target, name) {
      if (name === "jobs" || name === "read" || name === "latest") {
        return (...args: [never]) => {
          reads[name]++;
          return target[name](...args);
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { reads, store: counted };
}

async function numbers(store: Store, jobs: number) {
  await using flow = new Flow({ id: "numbers", store, pool })
    .add("fibonacci", fibonacci)
    .add("total", total)
    .connect("fibonacci.result", "total.number");
  const started = Array.from(
    { length: jobs },
    (_, i) => flow.start("fibonacci.n", 3, { jobId: `job_${i}` }),
  );
  await Promise.all(started.map((job) => job.waitForCompletion()));
}

Deno.test("JournalSource.rows() reads only the jobs of the page", async () => {
  const memory = new MemoryStore({ retention: { jobs: 1_000 } });
  await numbers(memory, 300);
  const { reads, store } = counting(memory);
  const [source] = new JournalSources(store);
  assert(source !== undefined);
  assertEquals(reads, { jobs: 1, read: 0, latest: 0 });
  const page = source!.rows!({ offset: 100, limit: 10 });
  assertEquals([page.total, page.rows.length, page.rows[0]?.completed], [300, 10, 2]);
  assertEquals([reads.read, reads.latest], [0, 10]);
  source!.rows!({ offset: 100, limit: 10 });
  assertEquals(reads.latest, 10);
  assertEquals(source!.rows!({ text: "JOB_29", limit: 2 }).total, 11);
  assertEquals(source!.rows!({ status: ["failed"] }).total, 0);
  assertEquals(source.row!("job_7")?.jobId, "job_7");
  assertEquals(source.row!("none"), undefined);
});

Deno.test("JournalStream reads nothing of jobs that had ended before", async () => {
  const memory = new MemoryStore({ retention: { jobs: 1_000 } });
  await numbers(memory, 50);
  const { reads, store } = counting(memory);
  const [source] = new JournalSources(store);
  using stream = source!.open(({ type }) => fail(`${type} was read`));
  for (let i = 0; i < 3; i++) {
    stream.poll();
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
  assertEquals([reads.read, reads.latest], [0, 0]);
});

Deno.test("JournalSource has the same numbers as the flow that has written it", async () => {
  const store = new MemoryStore({ retention: { jobs: 1_000 } });
  const sources = new JournalSources(store);
  assertEquals([...sources], []);
  await using flow = new Flow({ id: "shown", store, pool }).add("shown", shown);
  const job = flow.start("shown.asks", "go", { jobId: "asking" });
  await flow.execute("shown.fails", "no", { jobId: "failing" });
  await until(() => sources.get("shown") !== undefined, "the flow");
  const source = sources.get("shown")!;
  assertEquals(sources.get("other"), undefined);
  using follower = new RunFollower(source);
  await follower.caughtUp;
  await until(() => follower.snapshot().jobs.failed === 1, "the failure");
  await until(() => follower.snapshot().totals.waiting === 1, "the wait");
  flow.signal(job, "go", 1);
  await job.waitForCompletion();
  await until(() => follower.snapshot().jobs.completed === 1, "the end");
  for (const jobId of ["asking", "failing"]) {
    const { error, ...row } = source.row!(jobId)!;
    const { error: expected, ...others } = follower.row(jobId)!;
    assertEquals(row, others);
    assertEquals(error?.message, expected?.message);
  }
  assertEquals([...source.latestIds(1)], ["failing"]);
  assertEquals(source.eventsOf("none"), []);
  assertEquals(source.job("none"), undefined);
});

Deno.test("JournalSource forgets jobs that were deleted", async () => {
  const store = new MemoryStore();
  await numbers(store, 3);
  const [source] = new JournalSources(store);
  store.delete("job_1");
  assertEquals(source!.rows!({}).rows.map(({ jobId }) => jobId), ["job_2", "job_0"]);
  assertEquals(source!.rows!({}).total, 2);
});

Deno.test("dashboard() survives the end of the journal that it shows", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  {
    using written = new SqliteStore(path);
    await using flow = new Flow({ id: "f", pool, store: written }).add("fibonacci", fibonacci);
    await flow.execute("fibonacci.n", 5, { jobId: "one" });
  }
  using store = new SqliteStore(path, { readOnly: true });
  const view = dashboard(new JournalSources(store));
  const client = new DashboardClient(view);
  assertEquals((await client.snapshot("f")).jobs.completed, 1);
  await Deno.remove(path);
  // The numbers are still followed for a while, without anybody who waits for them.
  await until(async () => {
    const answer = await client.get("/api/flows/f/snapshot");
    await answer.body?.cancel();
    return answer.status === 503;
  }, "the refusal");
  await new Promise((resolve) => setTimeout(resolve, 500));
  await Deno.writeTextFile(path, "no journal");
  const answer = await client.get("/api/flows/f/jobs/one");
  assertEquals([answer.status, (await answer.json()).name], [503, "StoreCorruptError"]);
  await view.close();
});

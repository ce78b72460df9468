import { Flow } from "@millrace/flow";
import { replay } from "@millrace/flow/events";
import { SqliteStore } from "@millrace/flow/sqlite";
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { runDeno } from "../run_deno.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { count, failing, keep, spread } from "./routines.ts";

const pool = sharedPool();

function read(journal: Journal) {
  return new Flow({ id: "read", store: journal.store(), pool })
    .add("spread", spread)
    .add("keep", keep)
    .add("count", count)
    .add("failing", failing)
    .connect("spread.item", "count.item");
}

Deno.test("SqliteStore.read() sees whole commits of a writer", async () => {
  using journal = new Journal();
  await using flow = read(journal);
  using reader = new SqliteStore(journal.path, { readOnly: true });
  const job = flow.start("spread.items", Array(300).fill("item"), { jobId: "job" });
  let before = 0;
  for await (const event of flow.events({ jobId: "job" })) {
    const { events = [] } = reader.read("job") ?? {};
    // A reported event is stored, and the stored events give a state that the job was in.
    assertLessOrEqual(event.seq, events.length);
    assertLessOrEqual(before, events.length);
    before = events.length;
    if (event.seq % 20 !== 0) continue;
    const seen = replay(events);
    assertEquals(seen.sharedData.count ?? 0, Math.max(0, seen.counts.completed - 1));
  }
  assertEquals(reader.jobs().map(({ jobId, status }) => [jobId, status]), [["job", "completed"]]);
  assertEquals(job.sharedData, { count: 300 });
});

Deno.test("SqliteStore.jobs() lists jobs of another process", async () => {
  using journal = new Journal();
  await using flow = read(journal);
  await flow.execute("keep.item", new Map([["n", 1n]]), { jobId: "completed" });
  await flow.execute("failing.times", 9, { jobId: "failed" });
  flow.start("keep.item", 1, { jobId: "pending", delay: 3_600_000 });
  await flow.flush();
  const program = new URL("reading_program.ts", import.meta.url);
  const { code, stdout, stderr } = await runDeno(program, [journal.path], ["-A"]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.trim().split("\n"), [
    "all: pending pending, failed failed, completed completed",
    "failed: failed",
    "the newest: pending",
    "since then: none",
    'loaded: completed Map(1) { "n" => 1n }',
    "error: attempt 1",
    "writing: StoreLockedError",
  ]);
});

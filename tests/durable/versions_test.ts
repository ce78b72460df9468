import { Flow } from "@millrace/flow";
import { FlowChangedError } from "@millrace/flow/errors";
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { count, gated, keep } from "./routines.ts";
import { HeldLock } from "./lock.ts";

const pool = sharedPool();

function before(journal: Journal) {
  return new Flow({ id: "versions", store: journal.store(), pool })
    .add("gate", gated)
    .add("old", keep)
    .connect("gate.item", "old.item");
}

/** The same flow, with another routine in the place of the second. */
function after(journal: Journal) {
  return new Flow({ id: "versions", store: journal.store(), pool })
    .add("gate", gated)
    .add("new", count)
    .connect("gate.item", "new.item");
}

/** Leaves a job behind whose first activation waits for a lock. */
async function leave(journal: Journal, lock: HeldLock): Promise<void> {
  await using flow = before(journal);
  const job = flow.start("gate.lock", lock.name, { jobId: "job" });
  flow.pause(job);
}

Deno.test("FlowChangedError lists the changed wiring", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await leave(journal, lock);
  const stream = journal.events("job");
  {
    await using flow = after(journal);
    const error = await assertRejects(() => flow.recover(), FlowChangedError);
    assertEquals([error.flowId, error.jobId], ["versions", "job"]);
    assertEquals(error.removed, ["gate.item -> old.item", "old(item) -> (item)"]);
    assertEquals(error.added, ["gate.item -> new.item", "new(item) -> ()"]);
    for (const line of ["  - gate.item -> old.item", "  + gate.item -> new.item"]) {
      assertEquals(error.message.split("\n").includes(line), true, line);
    }
    assertThrows(() => flow.start("gate.lock", lock.name, { jobId: "job" }), FlowChangedError);
    assertEquals(flow.jobs.size, 0);
  }
  assertEquals(journal.events("job"), stream);
  await using flow = before(journal);
  assertEquals((await flow.recover()).map(({ jobId }) => jobId), ["job"]);
});

Deno.test('RecoverOptions.changed "continue" uses the present flow', async () => {
  using journal = new Journal();
  const lock = await HeldLock.take();
  await leave(journal, lock);
  lock[Symbol.dispose]();
  await using flow = after(journal);
  const [job] = await flow.recover({ changed: "continue" });
  flow.resume("job");
  assertEquals((await job?.waitForCompletion())?.sharedData, { count: 1 });
});

Deno.test('RecoverOptions.changed "cancel" cancels with FlowChangedError', async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await leave(journal, lock);
  {
    await using flow = after(journal);
    const [job] = await flow.recover({ changed: "cancel" });
    await job?.waitForCompletion();
    assertEquals(job?.status, "cancelled");
    assertInstanceOf(job?.error?.cause, FlowChangedError);
  }
  await using flow = after(journal);
  assertEquals(await flow.recover(), []);
  assertEquals(flow.job("job")?.status, "cancelled");
});

for (const changed of ["continue", "cancel"] as const) {
  Deno.test(`RecoverOptions.changed "${changed}" ends paused jobs of removed routines`, async () => {
    using journal = new Journal();
    {
      await using flow = new Flow({ id: "versions", store: journal.store(), pool })
        .add("gone", keep, { queueTimeout: 3_600_000 });
      const job = flow.start("gone.item", 1, { jobId: "job" });
      flow.pause(job);
    }
    await using flow = new Flow({ id: "versions", store: journal.store(), pool })
      .add("other", keep, { queueTimeout: 3_600_000 });
    const [job] = await flow.recover({ changed });
    if (changed === "continue") flow.resume("job");
    await job?.waitForCompletion();
    assertEquals(job?.status, changed === "continue" ? "failed" : "cancelled");
    assertEquals((await flow.execute("other.item", 2)).sharedData, { other: 2 });
  });

  Deno.test(`RecoverOptions.changed "${changed}" ends running jobs of removed routines`, async () => {
    using journal = new Journal();
    {
      await using flow = new Flow({ id: "versions", store: journal.store(), pool })
        .add("gone", gated).add("next", keep).connect("gone.item", "next.item");
      using lock = await HeldLock.take();
      flow.start("gone.lock", lock.name, { jobId: "job" });
      await flow.flush();
      journal.crash();
    }
    await using flow = new Flow({ id: "versions", store: journal.store(), pool }).add(
      "other",
      keep,
    );
    const [job] = await flow.recover({ changed });
    await job?.waitForCompletion();
    assertEquals(job?.status, changed === "continue" ? "failed" : "cancelled");
    assertEquals((await flow.execute("other.item", 2)).sharedData, { other: 2 });
  });
}

Deno.test("Flow.recover() accepts a changed config", async () => {
  using journal = new Journal();
  {
    await using flow = new Flow({ id: "versions", store: journal.store(), pool })
      .add("stage", keep);
    const job = flow.start("stage.item", 1, { jobId: "job" });
    flow.pause(job);
  }
  await using flow = new Flow({ id: "versions", store: journal.store(), pool })
    .add("stage", keep, { config: {}, optional: true });
  const [job] = await flow.recover();
  flow.resume("job");
  assertEquals((await job?.waitForCompletion())?.status, "completed");
});

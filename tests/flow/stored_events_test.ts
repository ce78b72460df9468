// The events of a job that `flow.events` reads from the store: of one that has ended, in this process or
// an earlier one, and of one that goes on, from where a reader was before.

import { Flow, type JobEvent } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import { MemoryStore, type Store } from "@millrace/flow/store";
import { assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { Journal } from "../durable/journal.ts";
import { collector, emitter } from "../routines/basics.ts";
import { sharedPool } from "./shared_pool.ts";
import { within } from "./within.ts";

const pool = sharedPool();

function lines(store: Store = new MemoryStore(), id = "lines") {
  return new Flow({ id, store, pool })
    .add("emitter", emitter)
    .add("sink", collector)
    .connect("emitter.item", "sink.item");
}

/** The numbers of the events of a reader that is expected to end. */
async function numbers(events: AsyncIterable<JobEvent>): Promise<number[]> {
  return (await within(Array.fromAsync(events))).map(({ seq }) => seq);
}

Deno.test("Flow.events() yields the stored events of ended jobs", async () => {
  using journal = new Journal();
  for (const store of [new MemoryStore(), journal.store()]) {
    await using flow = lines(store);
    const job = await flow.execute("emitter.items", ["a"], { jobId: "job" });
    const seen = await within(Array.fromAsync(flow.events({ jobId: "job" })));
    assertEquals(seen, store.read("job")?.events);
    assertEquals([seen.at(0)?.type, seen.at(-1)?.type], ["job_started", "job_completed"]);
    assertEquals(seen.length, job.counts.events);
  }
});

Deno.test("Flow.events() yields jobs of an earlier process", async () => {
  using journal = new Journal();
  {
    await using flow = lines(journal.store());
    await flow.execute("emitter.items", [1, 2], { jobId: "night" });
  }
  await using flow = lines(journal.store());
  assertEquals(await numbers(flow.events({ jobId: "night" })), [1, 2, 3, 4, 5, 6, 7, 8]);
  await flow.execute("sink.item", 1, { jobId: "other" });
  assertEquals(await numbers(flow.events({ jobId: "night" })), [1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(await numbers(flow.events({ jobId: "night", after: 6 })), [7, 8]);
});

Deno.test("EventsOptions.after ends at once past the last event", async () => {
  using journal = new Journal();
  for (const store of [new MemoryStore(), journal.store()]) {
    await using flow = lines(store);
    const { counts } = await flow.execute("sink.item", 1, { jobId: "job" });
    for (const after of [counts.events, counts.events + 9]) {
      assertEquals(await numbers(flow.events({ jobId: "job", after })), []);
    }
  }
});

Deno.test("Flow.events() ends at once for a dropped job", async () => {
  using journal = new Journal();
  for (const isDurable of [false, true]) {
    const retention = { jobs: 1 };
    const store = isDurable ? journal.store({ retention }) : new MemoryStore({ retention });
    await using flow = lines(store);
    for (const jobId of ["first", "second", "third"]) {
      await flow.execute("sink.item", 1, { jobId });
    }
    assertEquals(await numbers(flow.events({ jobId: "first" })), []);
    assertEquals(await numbers(flow.events({ jobId: "third" })), [1, 2, 3, 4]);
    const again = flow.start("sink.item", 1, { jobId: "first" });
    assertEquals(await numbers(flow.events({ jobId: "first" })), [1, 2, 3, 4]);
    assertEquals(again.status, "completed");
  }
});

Deno.test("Flow.events() yields the events that retention left", async () => {
  await using flow = lines(new MemoryStore({ retention: { events: 4 } }));
  await flow.execute("emitter.items", [1, 2, 3], { jobId: "job" });
  const seen = await numbers(flow.events({ jobId: "job" }));
  assertEquals(seen.at(-1), 10);
  assertLess(seen.length, 10);
});

Deno.test("EventsOptions.after continues without gaps or duplicates", async () => {
  using journal = new Journal();
  for (const store of [new MemoryStore(), journal.store()]) {
    await using flow = lines(store);
    const job = flow.start("emitter.items", [1, 2, 3], { jobId: "job" });
    const readers: { after: number; seen: Promise<number[]> }[] = [];
    for await (const { seq, type } of flow.events({ jobId: "job", after: 0 })) {
      // Some are stored by now, one has happened and is not, some are to come.
      if (type.startsWith("activation_")) flow.signal(job, "unread", seq);
      for (const after of [0, seq - 1, seq]) {
        readers.push({ after, seen: numbers(flow.events({ jobId: "job", after })) });
      }
    }
    const all = Array.from({ length: job.counts.events }, (_, i) => i + 1);
    for (const { after, seen } of readers) assertEquals(await seen, all.slice(after));
    assertGreater(readers.length, 3 * 10);
  }
});

Deno.test("Flow.events() continues when Flow.recover() resumes a job", async () => {
  using journal = new Journal();
  {
    await using flow = lines(journal.store());
    flow.pause();
    flow.start("emitter.items", [1], { jobId: "left" });
  }
  const before = journal.events("left").length;
  await using flow = lines(journal.store());
  const whole = numbers(flow.events({ jobId: "left", after: 0 }));
  const rest = numbers(flow.events({ jobId: "left" }));
  const [job] = await flow.recover();
  flow.resume();
  await job?.waitForCompletion();
  const all = Array.from({ length: job?.counts.events ?? 0 }, (_, i) => i + 1);
  assertEquals(await whole, all);
  assertEquals(await rest, all.slice(before));
});

Deno.test("Flow.events() yields no events of other flows", async () => {
  const store = new MemoryStore();
  await using other = lines(store, "other");
  await other.execute("sink.item", 1, { jobId: "job" });
  await using flow = lines(store);
  const controller = new AbortController();
  const { signal } = controller;
  const seen = numbers(flow.events({ jobId: "job", after: 0, signal }));
  await flow.execute("sink.item", 1);
  controller.abort();
  assertEquals(await seen, []);
});

Deno.test("EventsOptions.signal ends a read of stored events", async () => {
  await using flow = lines();
  await flow.execute("emitter.items", [1, 2, 3], { jobId: "job" });
  const controller = new AbortController();
  const events = flow.events({ jobId: "job", signal: controller.signal });
  assertEquals((await events.next()).value?.seq, 1);
  controller.abort();
  assertEquals(await numbers(events), []);
});

Deno.test("Flow.events() refuses invalid options", async () => {
  await using flow = lines();
  const wrong = [
    { after: 1 },
    { jobId: "job", after: -1 },
    { jobId: "job", after: 0.5 },
    { jobId: "job", after: "1" as unknown as number },
    { maxUnread: 0 },
    { maxUnread: NaN },
    { maxWait: -1 },
    { maxWait: 5 },
    { maxWait: 5, whenFull: "drop" as const },
    { maxWait: 5, whenFull: "fail" as const },
    { whenFull: "throw" as "fail" },
  ];
  for (const options of wrong) {
    assertThrows(() => flow.events(options), InvalidOptionError);
  }
});

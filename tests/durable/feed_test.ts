import { Flow, type FlowOptions, type JobEvent } from "@millrace/flow";
import {
  DuplicateJobError,
  FeedError,
  FlowChangedError,
  StoreValueError,
  UnknownJobError,
} from "@millrace/flow/errors";
import { MemoryStore, MirroredStore, type Store } from "@millrace/flow/store";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { inheritedStdFlags } from "../../tools/std_flags.ts";
import { nextEvent } from "../flow/next_event.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { within } from "../flow/within.ts";
import { taker } from "../routines/feeding.ts";
import { SlowServer } from "../store/slow_server.ts";
import { Journal } from "./journal.ts";
import { RefusingStore } from "./refusing_store.ts";

const pool = sharedPool();

function feeding(store: Store, options: FlowOptions = {}) {
  return new Flow({ id: "feeding", store, pool, ...options }).add("taker", taker);
}

/** The items that were queued, and those that were committed, in order. */
function itemsOf(events: readonly JobEvent[]) {
  const payloads = new Map<string, unknown>();
  const committed: unknown[] = [];
  let taken = 0;
  for (const event of events) {
    if (event.type === "feed_taken") {
      taken += event.queued.length;
      assertEquals(event.taken, taken);
      for (const { activationId, payload } of event.queued) payloads.set(activationId, payload);
    }
    if (event.type === "activation_completed") committed.push(payloads.get(event.activationId));
  }
  return { queued: [...payloads.values()], committed };
}

/** A source that waits for ever after some items, and counts those that were taken from it. */
class Source implements AsyncIterable<number> {
  taken = 0;
  from: number | undefined;

  constructor(readonly size: number, readonly isEndless = false) {}

  async *[Symbol.asyncIterator]() {
    for (let item = this.from ?? 0; item < this.size; item++) {
      this.taken++;
      yield item;
    }
    if (this.isEndless) await Promise.withResolvers<never>().promise;
  }

  /** The rest, as a function. */
  readonly rest = (taken: number) => {
    this.from = taken;
    return this;
  };
}

/** Feeds five items to a job, and leaves it when they are committed. */
async function leaveAfterFive(store: Store) {
  await using flow = feeding(store);
  const job = flow.feed("taker.item", new Source(5, true), { jobId: "job" });
  await nextEvent(flow, "activation_completed", () => job.counts.completed === 5);
  await within(flow.close({ jobs: "keep" }));
  assertEquals(job.feed, { entry: "taker.item", taken: 5, isOpen: true });
}

for (const recovers of [true, false]) {
  Deno.test(`Flow.feed() goes on after a restart ${recovers ? "with" : "without"} recover`, async () => {
    for (const isFunction of [true, false]) {
      using journal = new Journal();
      using first = journal.store();
      await leaveAfterFive(first);
      first.close();
      using store = journal.store();
      await using flow = feeding(store);
      const recovered = recovers ? await flow.recover() : [];
      for (const job of recovered) assertEquals([job.status, job.feed?.isOpen], ["running", true]);
      const source = new Source(8);
      const given = isFunction ? source.rest : source;
      const job = flow.feed("taker.item", given, { jobId: "job" });
      if (recovers) assertStrictEquals(job, recovered[0]);
      await within(job.waitForCompletion());
      assertEquals([job.status, job.feed?.taken], ["completed", 8]);
      assertEquals([source.from, source.taken], isFunction ? [5, 3] : [undefined, 8]);
      await flow.flush();
      const { queued, committed } = itemsOf(journal.events("job"));
      assertEquals(queued, [0, 1, 2, 3, 4, 5, 6, 7]);
      assertEquals(committed.toSorted(), queued);
    }
  });
}

Deno.test("Flow.recover() takes over a job that waits for its feed", async () => {
  const store = new MemoryStore();
  await leaveAfterFive(store);
  await using flow = feeding(store);
  const [job] = await flow.recover();
  assert(job !== undefined);
  await flow.flush();
  assertEquals(job.status, "running");
  flow.cancel(job);
  assertEquals((await within(job.waitForCompletion())).feed?.isOpen, false);
});

Deno.test("Flow.feed() returns an ended job without its source", async () => {
  using journal = new Journal();
  using store = journal.store();
  {
    await using flow = feeding(store);
    await within(flow.feed("taker.item", [1], { jobId: "job" }).waitForCompletion());
    const source = new Source(3);
    const job = flow.feed("taker.item", source.rest, { jobId: "job" });
    assertEquals([job.status, source.from, source.taken], ["completed", undefined, 0]);
  }
  await using flow = feeding(store);
  const stream = new ReadableStream<number>();
  const job = flow.feed("taker.item", stream, { jobId: "job" });
  assertEquals([job.status, stream.locked, job.feed?.taken], ["completed", false, 1]);
});

Deno.test("Flow.feed() refuses the id of another job", async () => {
  using journal = new Journal();
  using store = journal.store();
  await using flow = feeding(store).add("other", taker);
  await within(flow.feed("taker.item", [1], { jobId: "fed" }).waitForCompletion());
  await within(flow.execute("taker.item", undefined, { jobId: "started" }));
  const refused = [
    () => flow.feed("other.item", [1], { jobId: "fed" }),
    () => flow.start("taker.item", undefined, { jobId: "fed" }),
    () => flow.feed("taker.item", [1], { jobId: "started" }),
  ];
  for (const call of refused) assertThrows(call, DuplicateJobError);
});

Deno.test("Flow.feed() refuses a job of a flow that was wired differently", async () => {
  using journal = new Journal();
  using store = journal.store();
  await leaveAfterFive(store);
  await using flow = feeding(store).add("other", taker);
  assertThrows(() => flow.feed("taker.item", [1], { jobId: "job" }), FlowChangedError);
  assertThrows(() => flow.cancel("job"), UnknownJobError);
});

Deno.test("FeedError names the item that the store refuses", async () => {
  using journal = new Journal();
  {
    using store = journal.store();
    await using flow = feeding(store);
    const shared = new SharedArrayBuffer(8);
    const job = await within(flow.feed("taker.item", [1, 2, shared, 4]).waitForCompletion());
    assertInstanceOf(job.error, FeedError);
    assertInstanceOf(job.error.cause, StoreValueError);
    assertEquals([job.error.item, job.feed?.taken], [3, 2]);
  }
  using store = new RefusingStore(journal.path);
  await using flow = feeding(store);
  // Together they are too large for one event, each alone is not, and the last one is.
  const items = [..."abcdefghij"].map((letter) => letter.repeat(1_000));
  const large = { text: "x".repeat(900), more: "y".repeat(RefusingStore.LIMIT) };
  const many = Array.from({ length: 40 }, (_, i) => ({ text: "x".repeat(900), i }));
  const job = flow.feed("taker.item", [...items, ...many, large]);
  await within(job.waitForCompletion());
  assertInstanceOf(job.error, FeedError);
  assertEquals([job.error.item, job.feed?.taken], [51, 50]);
});

Deno.test("Flow.feed() takes nothing while its store cannot be written", async () => {
  using journal = new Journal();
  using store = journal.store();
  await using flow = feeding(store, { onStatus: () => {}, highWaterMark: 3 });
  const source = new Source(20);
  let isBroken = false;
  const append = store.append.bind(store);
  store.append = (events) => {
    if (isBroken) throw new Error("the disk is full");
    append(events);
  };
  const job = flow.feed("taker.item", source, { jobId: "job" });
  await nextEvent(flow, "activation_completed");
  isBroken = true;
  while (flow.status !== "halted") await new Promise((goOn) => setTimeout(goOn));
  const { taken } = source;
  for (let i = 0; i < 5; i++) await new Promise((goOn) => setTimeout(goOn));
  assertEquals(source.taken, taken);
  isBroken = false;
  await within(job.waitForCompletion());
  assertEquals([job.status, job.counts.completed], ["completed", 20]);
});

Deno.test("Flow.feed() goes on with a job on a server", async () => {
  const server = new SlowServer();
  const first = new MirroredStore(server.connect());
  await leaveAfterFive(first);
  await first.close();
  const store = new MirroredStore(server.connect());
  await using flow = feeding(store);
  await flow.recover();
  const job = flow.feed("taker.item", new Source(8).rest, { jobId: "job" });
  await within(job.waitForCompletion());
  assertEquals([job.status, job.counts.completed], ["completed", 8]);
  await flow.close();
  await store.close();
});

for (const kind of ["function", "iterable"]) {
  Deno.test(`Flow.feed() takes each item once under SIGKILL from ${kind}`, async () => {
    using journal = new Journal();
    const size = 400;
    // The last life is not killed.
    for (const stop of [90, 180, 310, size]) {
      const program = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          ...inheritedStdFlags(),
          PROGRAM,
          journal.path,
          `${size}`,
          kind,
          `${stop}`,
        ],
        stdin: "null",
        stdout: "piped",
      }).spawn();
      let seen = 0;
      for await (const bytes of program.stdout) {
        seen += bytes.length;
        if (stop < size && seen > 30) program.kill("SIGKILL");
      }
      assertEquals((await program.status).success, stop === size);
    }
    const { queued, committed } = itemsOf(journal.events("job"));
    assertEquals(queued, Array.from({ length: size }, (_, i) => i));
    assertEquals((committed as number[]).toSorted((a, b) => a - b), queued);
  });
}

const PROGRAM = new URL("feeding_program.ts", import.meta.url).pathname;

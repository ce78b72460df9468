import { Flow } from "@millrace/flow";
import { StoreJobError, StoreWriteError } from "@millrace/flow/errors";
import { MemoryStore, type Store } from "@millrace/flow/store";
import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Job } from "../../src/engine/job.ts";
import { emptyJob } from "../../src/engine/job.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { type CommitHost, CommitLog } from "../../src/flow/commit_log.ts";
import { count } from "../durable/routines.ts";
import { sharedPool } from "./shared_pool.ts";

const JOB: Job = emptyJob({ jobId: "job", flowId: "flow", at: 0 });
const OTHER: Job = emptyJob({ jobId: "other", flowId: "flow", at: 0 });

/** A store whose answers the test gives. */
class AskingStore {
  readonly asked: { events: readonly JobEvent[]; answer: PromiseWithResolvers<void> }[] = [];

  append(events: readonly JobEvent[]): Promise<void> {
    const answer = Promise.withResolvers<void>();
    this.asked.push({ events, answer });
    return answer.promise;
  }
}

function logged() {
  const store = new AskingStore();
  const calls: string[] = [];
  const host: CommitHost = {
    committed: (events) => calls.push(`committed ${events.length}`),
    halted: ({ message }) => calls.push(`halted ${message.includes("full")}`),
    outlasted: () => calls.push("outlasted"),
    resumed: () => calls.push("resumed"),
    caughtUp: () => calls.push("caught up"),
    refused: (jobId) => calls.push(`refused ${jobId}`),
  };
  const memory = new MemoryStore();
  const asking: Store = Object.create(memory, {
    append: { value: (events: readonly JobEvent[]) => store.append(events) },
  });
  return { log: new CommitLog(asking, host), store, calls };
}

function events(count: number, jobId = "job"): JobEvent[] {
  return Array.from({ length: count }, (_, seq) => ({ type: "job_left", jobId, seq, at: 0 }));
}

/** Lets all that is due in this turn of the loop happen. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("CommitLog.add() appends the events of one turn together, and the next ones after the answer", async () => {
  const { log, store, calls } = logged();
  log.add(JOB, events(2));
  log.add(JOB, events(1));
  await settled();
  assertEquals(store.asked.map(({ events }) => events.length), [3]);
  log.add(JOB, events(4));
  log.flush();
  await settled();
  assertEquals([store.asked.length, calls], [1, []]);
  store.asked[0]!.answer.resolve();
  await settled();
  assertEquals(store.asked.map(({ events }) => events.length), [3, 4]);
  store.asked[1]!.answer.resolve();
  await settled();
  assertEquals(calls, ["committed 3", "committed 4"]);
});

Deno.test("CommitLog.settled() waits only for events that were added before", async () => {
  const { log, store } = logged();
  const order: string[] = [];
  log.add(JOB, events(1));
  void log.settled().then(() => order.push("first"));
  await settled();
  void log.settled().then(() => order.push("while writing"));
  log.add(JOB, events(1));
  void log.settled().then(() => order.push("second"));
  store.asked[0]!.answer.resolve();
  await settled();
  assertEquals(order, ["first", "while writing"]);
  log.add(JOB, events(1));
  store.asked[1]!.answer.resolve();
  await settled();
  assertEquals(order, ["first", "while writing", "second"]);
  store.asked[2]!.answer.resolve();
});

Deno.test("CommitLog.isBehind is true while many events wait for a slow store, and its end is reported", async () => {
  const { log, store, calls } = logged();
  log.add(JOB, events(1));
  await settled();
  log.add(JOB, events(9_999));
  assertEquals(log.isBehind, false);
  log.add(JOB, events(1));
  assertEquals(log.isBehind, true);
  store.asked[0]!.answer.resolve();
  await settled();
  assertEquals([calls, log.isBehind], [["committed 1", "caught up"], false]);
  store.asked[1]!.answer.resolve();
});

Deno.test("CommitLog.drained() resolves when the store has stored all events, or has failed", async () => {
  const { log, store, calls } = logged();
  log.add(JOB, events(1));
  await settled();
  log.add(JOB, events(2));
  let isDrained = false;
  const drained = log.drained().then(() => isDrained = true);
  store.asked[0]!.answer.resolve();
  await settled();
  assertEquals([store.asked.length, isDrained], [2, false]);
  store.asked[1]!.answer.reject(new StoreWriteError("server", "it is full"));
  await drained;
  assertEquals(calls, ["committed 1", "halted true"]);
  assertEquals(log.error?.name, "StoreWriteError");
  log.flush();
  assertEquals(store.asked[2]?.events.length, 2);
  store.asked[2]!.answer.resolve();
  await settled();
  assertEquals(calls, ["committed 1", "halted true", "committed 2", "resumed"]);
  log.close(new Error("closed"));
});

Deno.test("CommitLog.close() ignores a later answer of the store, and rejects all waits", async () => {
  const { log, store, calls } = logged();
  log.add(JOB, events(1));
  const first = log.settled().catch((error) => error.message);
  await settled();
  log.add(JOB, events(1));
  const second = log.settled().catch((error) => error.message);
  log.close(new Error("closed"));
  assertEquals(await Promise.all([first, second]), ["closed", "closed"]);
  store.asked[0]!.answer.resolve();
  await settled();
  assertEquals([calls, store.asked.length], [[], 1]);
});

Deno.test("CommitLog.flush() treats any value that a store throws as a failure", async () => {
  for (const thrown of [undefined, null, "text", 0]) {
    const { log, store, calls } = logged();
    log.add(JOB, events(1));
    await settled();
    store.asked[0]!.answer.reject(thrown);
    await settled();
    assertEquals(calls, ["halted false"]);
    assertEquals([log.error?.name, log.error?.cause], ["StoreError", thrown]);
    log.flush();
    store.asked[1]!.answer.resolve();
    await settled();
    assertEquals(calls, ["halted false", "committed 1", "resumed"]);
  }
});

Deno.test("CommitLog.drained() waits for the events of other jobs if one is refused, and drops the rest of that job", async () => {
  const { log, store, calls } = logged();
  log.add(JOB, events(1));
  log.add(OTHER, events(1, "other"));
  let isDrained = false;
  const drained = log.drained().then(() => isDrained = true);
  log.add(JOB, events(1));
  log.add(OTHER, events(2, "other"));
  store.asked[0]!.answer.reject(new StoreJobError("job"));
  await settled();
  // One append for all that is not of the refused job, however many jobs it is of.
  assertEquals(store.asked[1]?.events.map(({ jobId }) => jobId), ["other"]);
  assertEquals([isDrained, calls], [false, []]);
  store.asked[1]!.answer.resolve();
  await drained;
  assertEquals(calls, ["refused job", "committed 1"]);
  await settled();
  assertEquals(store.asked[2]?.events.map(({ jobId }) => jobId), ["other", "other"]);
  store.asked[2]!.answer.resolve();
  await settled();
  assertEquals(calls, ["refused job", "committed 1", "committed 2"]);
});

Deno.test("CommitLog ends all waits if what was added belonged to refused jobs", async () => {
  const { log, store, calls } = logged();
  log.add(JOB, events(1));
  await settled();
  log.add(JOB, events(1));
  const waits = Promise.all([log.settled(), log.drained()]);
  store.asked[0]!.answer.reject(new StoreJobError("job"));
  await waits;
  assertEquals([calls, store.asked.length], [["refused job", "committed 0"], 1]);
});

Deno.test("CommitLog waits for each append of a batch that was refused in part", async () => {
  const { log, store, calls } = logged();
  log.add(JOB, events(1));
  log.add(OTHER, events(1, "other"));
  // An append without an answer is an outage after five seconds.
  await delay(3_000);
  store.asked[0]!.answer.reject(new StoreJobError("job"));
  await delay(2_500);
  assertEquals([calls, store.asked.length], [[], 2]);
  while (calls.length < 2) await delay(10);
  assertEquals(calls, ["halted false", "outlasted"]);
  await log.drained();
  store.asked[1]!.answer.reject(new StoreWriteError("server", "it is full"));
  await settled();
  let isDrained = false;
  const drained = log.drained().then(() => isDrained = true);
  await settled();
  assertEquals(isDrained, false);
  store.asked[2]!.answer.resolve();
  await drained;
});

Deno.test("CommitLog.close() begins no write that nothing awaits", async () => {
  const { log, store } = logged();
  log.add(JOB, events(1));
  await settled();
  for (let i = 0; i < 2; i++) {
    const drained = log.drained();
    store.asked.at(-1)!.answer.reject(new StoreWriteError("server", "it is full"));
    await drained;
  }
  const { length } = store.asked;
  log.flushNow();
  log.close(new Error("closed"));
  await settled();
  assertEquals(store.asked.length, length);
});

Deno.test("CommitLog goes on where a store cannot say whether a snapshot is due", async () => {
  class Failing extends MemoryStore {
    isSnapshotDue(): boolean {
      throw new TypeError("not today");
    }
  }
  await using flow = new Flow({ store: new Failing(), pool: sharedPool() }).add("count", count);
  assertEquals((await flow.execute("count.item", 1)).status, "completed");
});

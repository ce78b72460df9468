// Flows whose jobs lie on a server that answers later, fails, or loses its answers.

import { Flow, type FlowOptions } from "@millrace/flow";
import {
  DuplicateFlowError,
  DuplicateJobError,
  StoreCorruptError,
  StoreError,
  StoreJobError,
  StoreWriteError,
  UnfinishedJobError,
  UnreadableJobsError,
} from "@millrace/flow/errors";
import { type JobEvent, replay } from "@millrace/flow/events";
import { MirroredStore } from "@millrace/flow/store";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import { sharedPool } from "../flow/shared_pool.ts";
import { SlowServer } from "../store/slow_server.ts";
import { HeldLock } from "./lock.ts";
import { approval, count, failing, gated, keep, MANY_TYPES, spread } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

/** A flow of several stages on a server. */
function connected(server: SlowServer, options: FlowOptions = {}) {
  const store = new MirroredStore(server.connect());
  return new Flow({ id: "mirrored", store, pool, ...options })
    .add("spread", spread)
    .add("keep", keep)
    .add("gate", gated)
    .add("count", count)
    .add("failing", failing, { onError: { strategy: "retry", maxRetries: 5, delay: 0 } })
    .add("approval", approval)
    .connect("spread.item", "keep.item")
    .connect("gate.item", "count.item")
    .connect("keep.item", "count.item")
    .connect("failing.item", "count.item");
}

/** A promise that a test keeps back a call of a server with. */
function barrier() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

async function eventsOn(server: SlowServer, jobId: string): Promise<readonly JobEvent[]> {
  const calls = server.before;
  server.before = () => {};
  const job = await server.connect().load(jobId);
  server.before = calls;
  return job?.events ?? [];
}

Deno.test("MirroredStore.append() holds back reports of events until they are committed", async () => {
  const server = new SlowServer();
  await using flow = connected(server);
  const { passed, open } = barrier();
  server.before = (call) => call === "append" ? passed : undefined;
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { type } of flow.events()) seen.push(type);
  })();
  const job = flow.start("keep.item", 1);
  let hasEnded = false;
  const end = job.waitForCompletion().then(() => hasEnded = true);
  const flushed = flow.flush();
  // Another flow on the same pool is not held up, so this one has had its time.
  await using other = new Flow({ id: "other", pool }).add("count", count);
  for (let i = 0; i < 20; i++) await other.execute("count.item", i);
  assertEquals([seen, hasEnded, server.jobs.size], [[], false, 0]);
  open();
  await Promise.all([end, flushed]);
  assertEquals(job.sharedData, { keep: 1, count: 1 });
  assertEquals((await eventsOn(server, job.jobId)).length, server.jobs.get(job.jobId)?.seq);
  await flow.close();
  await reading;
  assertEquals(seen[0], "job_started");
});

Deno.test("CommitLog appends to a slow server one batch at a time", async () => {
  const server = new SlowServer();
  await using flow = connected(server);
  let most = 0;
  server.before = async () => {
    most = Math.max(most, server.appending);
    await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const jobs = Array.from({ length: 20 }, (_, i) => {
    return flow.start("spread.items", [i, i + 1, i + 2]);
  });
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(jobs.map(({ sharedData: { count } }) => count), jobs.map(() => 3));
  assertEquals(most, 1);
  const events = [...server.jobs.values()].reduce((sum, { seq }) => sum + seq, 0);
  assert(server.calls.append * 2 < events, `${server.calls.append} appends of ${events} events`);
});

Deno.test("Flow.flush() rejects while the server cannot be written, and the flow goes on after", async () => {
  const server = new SlowServer();
  const statuses: string[] = [];
  await using flow = connected(server, { onStatus: (status) => statuses.push(status) });
  await flow.execute("count.item", 0);
  let failures = 0;
  server.before = (call) => {
    if (call !== "append" || failures >= 3) return;
    failures++;
    throw new StoreWriteError("server", "it is away");
  };
  const job = flow.start("spread.items", [1, 2, 3]);
  await assertRejects(() => flow.flush(), StoreError, "it is away");
  assertEquals(flow.status, "halted");
  assertEquals((await job.waitForCompletion()).sharedData.count, 3);
  assertEquals(statuses, ["halted", "running"]);
});

Deno.test("MirroredStore.append() finds events that were committed although the answer was lost", async () => {
  const server = new SlowServer();
  await using flow = connected(server);
  let appends = 0;
  server.after = () => {
    // Every other one, so that a repeated append may lose its answer as well.
    if (appends++ % 2 === 0) throw new StoreWriteError("server", "the connection was reset");
  };
  const jobs = [1, 2, 3].map((n) => flow.start("spread.items", [n, n], { jobId: `job ${n}` }));
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  for (const job of jobs) {
    assertEquals([job.status, job.sharedData.count], ["completed", 2]);
    const events = await eventsOn(server, job.jobId);
    assertEquals(events.map(({ seq }) => seq), events.map((_, i) => i + 1));
    assertEquals(replay(events).sharedData, job.sharedData);
  }
});

Deno.test("Flow.recover() takes over the jobs of a process that died", async () => {
  const server = new SlowServer();
  using lock = await HeldLock.take();
  const first = connected(server);
  const begun = until(first.events(), (event) => event.type === "activation_started");
  const job = first.start("gate.lock", lock.name, { jobId: "left" });
  void job.waitForCompletion().catch(() => {});
  await begun;
  const waiting = until(first.events(), of("activation_completed"));
  first.start("approval.request", 60_000, { jobId: "asked" }).waitForCompletion().catch(() => {});
  await waiting;
  await first.execute("keep.item", MANY_TYPES(), { jobId: "ended" });
  // The process is gone: nothing of it reaches the server any more, and its claim has run out.
  const next = new SlowServer();
  for (const [jobId, row] of server.jobs) next.jobs.set(jobId, structuredClone(row));
  lock[Symbol.dispose]();
  await first.close();

  await using flow = connected(next);
  assertEquals(flow.job("left"), undefined);
  const jobs = await flow.recover();
  assertEquals(jobs.map(({ jobId }) => jobId), ["left", "asked"]);
  flow.signal("asked", "approval", { by: "Ann" });
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(flow.job("left")?.sharedData.count, 1);
  assertEquals(flow.job("asked")?.sharedData.approved, { by: "Ann" });
  assertEquals(next.calls.list, 2);
  const ended = await flow.execute("keep.item", MANY_TYPES(), { jobId: "ended" });
  assertEquals([ended.status, ended.sharedData.count], ["completed", 1]);
  assertEquals(ended.sharedData.keep, MANY_TYPES());
});

Deno.test("Flow.recover() rejects while another process has the server open for the flow", async () => {
  const server = new SlowServer();
  await using first = connected(server);
  await first.execute("count.item", 1);
  {
    await using second = connected(server);
    await assertRejects(() => second.recover(), DuplicateFlowError);
  }
  await first.close();
  await using third = connected(server);
  assertEquals(await third.recover(), []);
  assertEquals([...server.owners.keys()], ["mirrored"]);
});

Deno.test("Flow.start() knows a job of this process before it is stored", async () => {
  const server = new SlowServer();
  await using flow = connected(server);
  const { passed, open } = barrier();
  server.before = (call) => call === "append" ? passed : undefined;
  const job = flow.start("keep.item", { n: 1 }, { jobId: "job" });
  assertStrictEquals(flow.start("keep.item", { n: 1 }, { jobId: "job" }), job);
  assertThrows(() => flow.start("keep.item", { n: 2 }, { jobId: "job" }), DuplicateJobError);
  open();
  await job.waitForCompletion();
  assertStrictEquals(flow.start("keep.item", { n: 1 }, { jobId: "job" }), job);
});

Deno.test("Flow.start() abandons a job whose id the server has, unless it was loaded", async () => {
  const server = new SlowServer();
  {
    await using flow = connected(server);
    await flow.execute("keep.item", 1, { jobId: "job" });
  }
  const before = await eventsOn(server, "job");
  const store = new MirroredStore(server.connect());
  await using flow = connected(server, { store });
  const twice = flow.start("keep.item", 1, { jobId: "job" });
  const other = flow.start("keep.item", 2);
  await assertRejects(() => twice.waitForCompletion(), DuplicateJobError);
  assertEquals((await other.waitForCompletion()).status, "completed");
  assertEquals(await store.load("job"), true);
  assertEquals(flow.start("keep.item", 1, { jobId: "job" }).status, "completed");
  assertEquals(await store.load("no job"), false);
  assertEquals(await eventsOn(server, "job"), before);
});

Deno.test("Flow.close() waits until the server has everything", async () => {
  for (const jobs of ["keep", "cancel"] as const) {
    const server = new SlowServer();
    using lock = await HeldLock.take();
    const flow = connected(server);
    const begun = until(flow.events(), of("activation_started"));
    flow.start("gate.lock", lock.name, { jobId: "job" }).waitForCompletion().catch(() => {});
    await begun;
    server.before = () => new Promise((resolve) => setTimeout(resolve, 20));
    const reading = Array.fromAsync(flow.events());
    await flow.close({ jobs });
    const last = (await eventsOn(server, "job")).at(-1);
    assertEquals(last?.type, jobs === "keep" ? "job_left" : "job_cancelled");
    assertEquals((await reading).at(-1), last);
    assertEquals([...server.owners.keys()], []);
    assertEquals(server.appending, 0);
  }
});

Deno.test("Flow.rerun() loads the job that it repeats", async () => {
  const server = new SlowServer();
  {
    await using flow = connected(server);
    await flow.execute("spread.items", [1, 2], { jobId: "job" });
  }
  await using flow = connected(server);
  const ended = (await eventsOn(server, "job")).find(({ type }) => type === "activation_completed");
  const from = ended !== undefined && "activationId" in ended ? ended.activationId : "";
  const job = await flow.rerun("job", { from, jobId: "again" });
  assertEquals((await job.waitForCompletion()).sharedData.count, 2);
  await assertRejects(() => flow.rerun("job", { from, jobId: "again" }), DuplicateJobError);
});

Deno.test("MirroredStore.snapshot() lets a long job be read from its middle", async () => {
  const server = new SlowServer();
  {
    await using flow = connected(server);
    const items = Array.from({ length: 2_600 }, (_, i) => i);
    await flow.execute("spread.items", items, { jobId: "long" });
  }
  assert(server.calls.snapshot > 0);
  const loaded = await server.connect().load("long");
  assert(loaded !== undefined && loaded.events.length < server.jobs.get("long")!.events.length);
  await using flow = connected(server);
  const job = await flow.execute("spread.items", Array.from({ length: 2_600 }, (_, i) => i), {
    jobId: "long",
  });
  assertEquals(job.sharedData.count, 2_600);
});

Deno.test("MirroredStore holds its last ended jobs alone", async () => {
  const server = new SlowServer();
  const store = new MirroredStore(server.connect(), { endedJobs: 2 });
  await using flow = connected(server, { store });
  for (const jobId of ["a", "b", "c"]) await flow.execute("keep.item", jobId, { jobId });
  assertEquals(store.jobs().map(({ jobId }) => jobId), ["c", "b"]);
  assertEquals((await store.list()).map(({ jobId }) => jobId), ["c", "b", "a"]);
  assertEquals(store.read("a"), undefined);
  await store.load("a");
  assertEquals(store.latest("a")?.events.at(-1)?.type, "job_completed");
  assertEquals(await store.delete("a"), true);
  assertEquals([store.read("a"), await store.load("a")], [undefined, false]);
});

Deno.test("MirroredStore.load() leaves jobs alone whose commit is in doubt", async () => {
  for (const by of ["load", "execute", "recover"] as const) {
    const server = new SlowServer();
    const store = new MirroredStore(server.connect());
    await using flow = connected(server, { store, onStatus() {} });
    let isLost = false;
    server.after = () => {
      if (isLost) return;
      isLost = true;
      throw new StoreWriteError("server", "the connection was reset");
    };
    const jobs = ["a", "b"].map((jobId) => flow.start("keep.item", jobId, { jobId }));
    await flow.flush().catch(() => {});
    if (by === "load") await store.load("a");
    else if (by === "recover") await flow.recover();
    else await flow.execute("keep.item", "a", { jobId: "a" }).catch(() => {});
    const ends = await Promise.all(jobs.map((job) => job.waitForCompletion()));
    assertEquals(ends.map(({ sharedData }) => sharedData.count), [1, 1]);
    assertEquals([...server.jobs.values()].map(({ status }) => status), ["completed", "completed"]);
  }
});

Deno.test("MirroredStore.append() finds a commit that lands after it was looked up", async () => {
  const server = new SlowServer();
  const client = server.connect();
  const landing = barrier();
  const append = client.append.bind(client);
  let late: Promise<void> | undefined;
  let repeated = 0;
  client.append = async (events, shapes) => {
    if (late !== undefined) {
      // The repeated append comes behind the first one, as the server executes them in order.
      repeated++;
      landing.open();
      await late;
      return await append(events, shapes);
    }
    late = landing.passed.then(() => append(events, shapes));
    throw new StoreWriteError("server", "no answer in time");
  };
  await using flow = connected(server, { store: new MirroredStore(client), onStatus() {} });
  const jobs = ["a", "b"].map((jobId) => flow.start("keep.item", jobId, { jobId }));
  const ends = await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(ends.map(({ status, sharedData }) => [status, sharedData.count]), [
    ["completed", 1],
    ["completed", 1],
  ]);
  assert(repeated > 0);
});

Deno.test("MirroredStore.append() does not mistake events of another process for its own", async () => {
  const server = new SlowServer();
  const client = server.connect();
  const shared = Object.assign(client, { open: undefined });
  await using flow = connected(server, { store: new MirroredStore(shared), onStatus() {} });
  const asked = until(flow.events(), of("activation_completed"));
  const job = flow.start("approval.request", 60_000, { jobId: "job" });
  await asked;
  const { seq } = server.jobs.get("job")!;
  const theirs: JobEvent = {
    type: "signal_received",
    jobId: "job",
    seq: seq + 1,
    at: 1,
    signal: "x",
    payload: 0,
  };
  let isFirst = true;
  server.before = async (call) => {
    if (call !== "append" || !isFirst) return;
    isFirst = false;
    await server.connect().append([theirs], new Map());
    throw new StoreWriteError("server", "the connection was reset");
  };
  flow.signal("job", "approval", 1);
  await assertRejects(() => job.waitForCompletion(), StoreJobError);
  assertEquals((await eventsOn(server, "job")).at(-1), theirs);
});

Deno.test("MirroredStore.load() reads a job again that another process has continued", async () => {
  const server = new SlowServer();
  const store = new MirroredStore(server.connect());
  const request = { jobId: "job" };
  {
    await using flow = connected(server, { store });
    const asked = until(flow.events(), of("activation_completed"));
    flow.start("approval.request", 60_000, request).waitForCompletion().catch(() => {});
    await asked;
  }
  {
    await using other = connected(server);
    const [job] = await other.recover();
    const withdrawn = until(other.events(), of("wait_withdrawn"));
    other.pause(job!);
    other.withdraw(job!, { signal: "approval" });
    await withdrawn;
  }
  await using flow = connected(server, { store });
  assertEquals(await store.load("job"), true);
  assertEquals(store.jobs()[0]?.status, "completed");
  assertEquals((await flow.execute("approval.request", 60_000, request)).status, "completed");
});

Deno.test("Flow.recover() goes on after an answer was lost as the flow was closed", async () => {
  const server = new SlowServer();
  const store = new MirroredStore(server.connect());
  const first = connected(server, { store, onStatus() {} });
  const asked = until(first.events(), of("activation_completed"));
  first.start("approval.request", 60_000, { jobId: "job" }).waitForCompletion().catch(() => {});
  await asked;
  server.after = () => {
    throw new StoreWriteError("server", "the connection was reset");
  };
  first.signal("job", "approval", "Ann");
  await first.close();
  server.after = () => {};
  await using flow = connected(server, { store });
  const [job] = await flow.recover();
  assertEquals((await job!.waitForCompletion()).sharedData.approved, "Ann");
});

Deno.test("Flow.recover() takes over the other jobs where one is damaged, oldest first", async () => {
  const server = new SlowServer();
  {
    await using flow = connected(server);
    flow.pause();
    for (const jobId of ["a", "b", "c"]) {
      flow.start("keep.item", jobId, { jobId }).waitForCompletion().catch(() => {});
    }
  }
  const client = server.connect();
  const load = client.load.bind(client);
  client.load = (jobId) => {
    if (jobId !== "b") return load(jobId);
    return Promise.reject(new StoreCorruptError("server", "has a damaged row", { jobId }));
  };
  await using flow = connected(server, { store: new MirroredStore(client) });
  const error = await assertRejects(() => flow.recover(), UnreadableJobsError);
  assertEquals(error.jobIds, ["b"]);
  assertEquals([...flow.jobs.keys()], ["a", "c"]);
  flow.resume();
  for (const job of flow.jobs.values()) await job.waitForCompletion();
});

Deno.test("MirroredStore calls one method of a store at a time", async () => {
  const server = new SlowServer();
  const client = server.connect();
  let [calls, most] = [0, 0];
  const counted = <Arguments extends unknown[], T>(
    call: (...args: Arguments) => Promise<T>,
  ): (...args: Arguments) => Promise<T> =>
  async (...args) => {
    most = Math.max(most, ++calls);
    const result = call.apply(client, args);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return await result.finally(() => calls--);
  };
  for (const name of ["open", "append", "snapshot", "load", "delete"] as const) {
    Object.assign(client, { [name]: counted(client[name] as () => Promise<unknown>) });
  }
  class Eager extends MirroredStore {
    override isSnapshotDue(): boolean {
      return true;
    }
  }
  const store = new Eager(client);
  const flows = ["one", "two"].map((id) => connected(server, { id, store }));
  await Promise.all(
    flows.flatMap((flow) =>
      [1, 2, 3].map((n) => flow.execute("spread.items", [n, n], { jobId: `${flow.id} ${n}` }))
    ),
  );
  await Promise.all([store.load("x"), store.delete("one 1"), store.load("one 2")]);
  for (const flow of flows) await flow.close();
  await store.close();
  assertEquals([calls, most], [0, 1]);
  assert(server.calls.snapshot > 0);
});

Deno.test("MirroredStore.delete() refuses a job whose start is not stored yet, and ends the readers of another", async () => {
  const server = new SlowServer();
  const store = new MirroredStore(server.connect());
  await using flow = connected(server, { store });
  await flow.execute("keep.item", 1, { jobId: "old" });
  assertEquals(await store.delete("old"), true);
  assertEquals(flow.job("old"), undefined);
  assertEquals(await Array.fromAsync(flow.events({ jobId: "old" })), []);
  const { passed, open } = barrier();
  server.before = (call) => call === "append" ? passed : undefined;
  const job = flow.start("keep.item", 2, { jobId: "new" });
  const deleting = store.delete("new");
  open();
  await assertRejects(() => deleting, UnfinishedJobError);
  assertEquals((await job.waitForCompletion()).status, "completed");
});

Deno.test("JobState shows nothing that a slow server has not committed", async () => {
  const server = new SlowServer();
  await using flow = connected(server);
  await flow.execute("count.item", 0);
  const { passed, open } = barrier();
  server.before = (call) => call === "append" ? passed : undefined;
  const job = flow.start("keep.item", 1);
  const seen = () => [job.status, job.sharedData, job.endedAt, job.executionHistory.length];
  await using other = new Flow({ id: "other", pool }).add("count", count);
  for (let i = 0; i < 20; i++) await other.execute("count.item", i);
  assertEquals(seen(), ["pending", {}, undefined, 0]);
  open();
  await job.waitForCompletion();
  assertEquals(seen().slice(0, 2), ["completed", { keep: 1, count: 1 }]);
});

Deno.test("Flow.close() cancels at once, even if the server is slow", async () => {
  const server = new SlowServer();
  const flow = connected(server);
  await flow.execute("count.item", 0);
  const { passed, open } = barrier();
  server.before = (call) => call === "append" ? passed : undefined;
  const jobs = Array.from({ length: 30 }, (_, i) => flow.start("keep.item", i));
  for (const job of jobs) job.waitForCompletion().catch(() => {});
  const closed = flow.close({ jobs: "cancel" });
  open();
  await closed;
  for (const { jobId } of jobs) {
    const types = (await eventsOn(server, jobId)).map(({ type }) => type);
    const stopping = types.indexOf("job_stopping");
    assert(stopping > 0, types.join());
    assertEquals(types.slice(stopping).includes("activation_started"), false);
  }
});

Deno.test("Flow.events() ends for a job that was abandoned, and its successor goes on", async () => {
  const server = new SlowServer();
  {
    await using flow = connected(server);
    const asked = until(flow.events(), of("activation_completed"));
    flow.start("approval.request", 60_000, { jobId: "job" }).waitForCompletion().catch(() => {});
    await asked;
  }
  const store = new MirroredStore(server.connect());
  await using flow = connected(server, { store });
  const twice = flow.start("approval.request", 60_000, { jobId: "job" });
  const reading = Array.fromAsync(flow.events({ jobId: "job" }));
  await assertRejects(() => twice.waitForCompletion(), DuplicateJobError);
  assertEquals(await reading, []);
  await store.load("job");
  const job = flow.start("approval.request", 60_000, { jobId: "job" });
  flow.signal(job, "approval", "Ann");
  assertEquals((await job.waitForCompletion()).sharedData.approved, "Ann");
});

Deno.test("Flow.status is halted while a server does not answer at all", async () => {
  const server = new SlowServer();
  const statuses: string[] = [];
  await using flow = connected(server, { onStatus: (status) => statuses.push(status) });
  await flow.execute("count.item", 0);
  const { passed, open } = barrier();
  server.before = (call) => call === "append" ? passed : undefined;
  const job = flow.start("keep.item", 1);
  await assertRejects(() => flow.flush(), StoreError, "has not answered");
  assertEquals(flow.status, "halted");
  open();
  assertEquals((await job.waitForCompletion()).status, "completed");
  assertEquals(statuses, ["halted", "running"]);
});

Deno.test("Flow.whenCapacity() resolves when queued jobs are refused by the server", async () => {
  const server = new SlowServer();
  {
    await using before = connected(server);
    for (const jobId of ["x", "y"]) await before.execute("keep.item", 1, { jobId });
  }
  await using flow = connected(server, { maxQueued: 2 });
  const { passed, open } = barrier();
  server.before = (call) => call === "append" ? passed : undefined;
  flow.pause();
  const jobs = ["x", "y"].map((jobId) => flow.start("keep.item", 1, { jobId }));
  const room = flow.whenCapacity();
  open();
  for (const job of jobs) await assertRejects(() => job.waitForCompletion(), DuplicateJobError);
  await room;
});

Deno.test("Flow.close() and flush() settle when all that is left belongs to a refused job", async () => {
  for (const call of ["close", "flush"] as const) {
    const server = new SlowServer();
    {
      await using before = connected(server);
      await before.execute("keep.item", 1, { jobId: "x" });
    }
    await using flow = connected(server);
    const { passed, open } = barrier();
    server.before = (call) => call === "append" ? passed : undefined;
    const job = flow.start("keep.item", 1, { jobId: "x" });
    const ended = assertRejects(() => job.waitForCompletion());
    // Its activations are executed, and their events wait behind the append that will be refused.
    await delay(300);
    const settled = flow[call]();
    open();
    await Promise.all([ended, settled]);
  }
});

/** A small generator of random numbers, by mulberry32. */
function random(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

for (let seed = 1; seed <= 8; seed++) {
  Deno.test(`MirroredStore loses and doubles nothing on a bad line (seed ${seed})`, async () => {
    const next = random(seed);
    const server = new SlowServer();
    const fails = () => {
      if (next() < 0.15) throw new StoreWriteError("server", "the line is bad");
    };
    const late = () => new Promise<void>((resolve) => setTimeout(resolve, 4 * next()));
    server.before = async (call) => {
      if (next() < 0.5) await late();
      if (call !== "load" || next() < 0.3) fails();
    };
    server.after = async () => {
      if (next() < 0.3) await late();
      fails();
    };
    await using flow = connected(server);
    const reports: JobEvent[] = [];
    const reading = (async () => {
      for await (const event of flow.events()) reports.push(event);
    })();
    const jobs = Array.from({ length: 12 }, (_, i) => {
      if (i % 4 === 3) return flow.start("failing.times", 2, { jobId: `job ${i}` });
      return flow.start("spread.items", Array.from({ length: i }, () => i), { jobId: `job ${i}` });
    });
    flow.cancel(jobs[11]!, "not needed");
    await Promise.all(jobs.map((job) => job.waitForCompletion()));
    server.before = server.after = () => {};
    await flow.close();
    await reading;
    for (const [i, job] of jobs.entries()) {
      const events = await eventsOn(server, job.jobId);
      assertEquals(events.map(({ seq }) => seq), events.map((_, i) => i + 1));
      assertEquals(reports.filter(({ jobId }) => jobId === job.jobId), events);
      assertEquals(replay(events).sharedData, job.sharedData);
      if (i === 11) continue;
      assertEquals([job.status, job.sharedData.count ?? 0], ["completed", i % 4 === 3 ? 1 : i]);
    }
  });
}

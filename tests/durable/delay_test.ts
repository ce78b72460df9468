// Emits with a delay in a journal whose process is killed while they wait.

import type { JobEvent } from "@millrace/flow";
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { inheritedStdFlags } from "../../tools/std_flags.ts";
import { logged } from "../flow/logged.ts";
import type { Delayed } from "../routines/delays.ts";
import { delaying } from "./delaying_flow.ts";
import { Journal } from "./journal.ts";
import { of, until } from "./until.ts";

const HOUR = 3_600_000;

/** Runs a process until it has stored the emits of a job, and kills it. */
async function emitAndDie(journal: Journal, items: readonly Delayed[]): Promise<void> {
  const program = new URL("delaying_program.ts", import.meta.url).href;
  const orders = JSON.stringify({ path: journal.path, items });
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", ...inheritedStdFlags(), program, orders],
    cwd: new URL("../../", import.meta.url),
    stdin: "null",
    stdout: "piped",
  }).spawn();
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (text.includes("stored")) child.kill("SIGKILL");
  }
  assertEquals((await child.status).signal, "SIGKILL");
}

function find<Type extends JobEvent["type"]>(journal: Journal, type: Type, routineId: string) {
  return journal.events("job").filter((event) =>
    event.type === type && Reflect.get(event, "routineId") === routineId
  ) as Extract<JobEvent, { readonly type: Type }>[];
}

Deno.test("Flow.recover() delivers delayed emits of a killed process", async () => {
  using journal = new Journal();
  await emitAndDie(journal, [
    { item: "later", delay: 1_500 },
    { item: "hour", delay: HOUR },
    { item: "soon", delay: 700 },
    { item: "held", delay: 1, when: "resumed" },
    { item: "soon too", delay: 700 },
  ]);
  const [completed] = find(journal, "activation_completed", "postpone");
  assert(completed !== undefined);
  const due = new Map(completed.queued.map(({ activationId, dueAt }) => [activationId, dueAt]));
  assertEquals(
    completed.queued.map(({ dueAt = 0 }) => Math.round(dueAt - completed.at)),
    [1_500, HOUR, 700, 1, 700],
  );
  assertEquals(completed.effects.emits.map(({ delay }) => delay), [1_500, HOUR, 700, 1, 700]);
  assertEquals(find(journal, "activation_started", "note"), []);

  using store = journal.store();
  await using flow = delaying({ store });
  const events = flow.events();
  const [job] = await flow.recover();
  assert(job !== undefined);
  assertEquals([job.status, job.counts.known], ["running", 6]);
  await until(events, () => job.counts.completed === 4);
  assertEquals(logged(job), ["soon", "soon too", "later"]);
  await flow.flush();
  const begun = find(journal, "activation_started", "note");
  for (const { activationId, at } of begun) {
    assertGreaterOrEqual(at, due.get(activationId) ?? Infinity);
  }
  const more = flow.events();
  flow.resume(job);
  await until(more, () => job.counts.completed === 5);
  assertEquals([logged(job).at(-1), job.status, job.counts.queued], ["held", "running", 1]);
});

for (const countOutages of [false, true]) {
  Deno.test(`Flow.recover() delivers overdue emits at once (countOutages: ${countOutages})`, async () => {
    using journal = new Journal();
    write(journal, Date.now() - HOUR, [HOUR - 5_000, HOUR - 6_000, 10 * HOUR]);
    using store = journal.store();
    await using flow = delaying({ store, countOutages });
    const events = flow.events();
    const [job] = await flow.recover({ changed: "continue" });
    assert(job !== undefined);
    await until(events, () => job.counts.completed === 3);
    // In the order of their times; the queueTimeout of ten minutes counts from then.
    assertEquals([logged(job), job.status], [[1, 0], "running"]);
    assertEquals(job.counts.queued, 1);
  });
}

Deno.test("Flow.recover() lets the queueTimeout of an overdue emit run with countOutages", async () => {
  using journal = new Journal();
  write(journal, Date.now() - HOUR, [1_000]);
  using store = journal.store();
  await using flow = delaying({ store, countOutages: true });
  const [job] = await flow.recover({ changed: "continue" });
  await job?.waitForCompletion();
  assertEquals([job?.status, job?.error?.name], ["failed", "ActivationTimeoutError"]);
});

Deno.test("Flow.close() leaves delayed emits to the next process", async () => {
  using journal = new Journal();
  {
    await using flow = delaying({ store: journal.store() });
    const events = flow.events();
    const items = [{ item: 1, delay: HOUR }, { item: 2, delay: 400 }];
    flow.start("postpone.items", items, { jobId: "job" });
    await until(events, of("activation_completed"));
  }
  const [completed] = find(journal, "activation_completed", "postpone");
  const dueAt = completed?.queued[1]?.dueAt;
  await using flow = delaying({ store: journal.store() });
  const events = flow.events();
  const [job] = await flow.recover();
  await until(events, () => job?.counts.completed === 2);
  await flow.flush();
  const [begun] = find(journal, "activation_started", "note");
  assertGreaterOrEqual(begun?.at ?? 0, dueAt ?? Infinity);
  assertEquals([job?.status, job?.counts.queued], ["running", 1]);
});

/** Writes a job that has emitted with delays. */
function write(journal: Journal, at: number, delays: readonly number[]): void {
  using store = journal.store();
  using _opened = store.open({ flowId: "delaying", lines: [] });
  const about = { activationId: "job/1", routineId: "postpone", slot: "items" };
  const base = { jobId: "job", at };
  const activation = { ...about, payload: [] };
  store.append([
    { type: "job_started", ...base, seq: 1, flowId: "delaying", activation },
    { type: "activation_started", ...base, seq: 2, ...about, attempt: 1, workerId: "w1" },
    {
      type: "activation_completed",
      ...{ ...base, ...about, seq: 3, attempt: 1, workerId: "w1", startedAt: at, endedAt: at },
      effects: {
        emits: delays.map((delay, payload) => ({ event: "item", payload, timestamp: at, delay })),
        sharedData: [],
        sharedLog: [],
      },
      queued: delays.map((delay, emit) => ({
        ...{ activationId: `job/${emit + 2}`, routineId: "note", slot: "item", payload: emit },
        ...{ from: "job/1", event: "item", emit, dueAt: at + delay },
      })),
      unrouted: 0,
    },
  ]);
}

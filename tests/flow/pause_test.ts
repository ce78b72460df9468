import { Flow } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { collector, emitter, logger } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, countOf, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { killer } from "../routines/workers.ts";
import { logged } from "./logged.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

function gates() {
  return new Flow({ pool, maxWorkers: 1 })
    .add("gate", gate)
    .add("sink", collector)
    .connect("gate.done", "sink.left");
}

Deno.test("Flow.pause() lets running activations finish", async () => {
  await using flow = gates();
  const latches = newLatches();
  const job = flow.start("gate.hold", { latches });
  await reached(latches, ARRIVED);
  flow.pause(job);
  assertEquals([job.status, job.counts.executing], ["paused", 1]);

  const other = flow.start("sink.item", "goes on"); // after it, the paused job would have had its turn
  arrive(latches, RELEASED);
  await other.waitForCompletion();
  const { completed, queued, executing } = job.counts;
  assertEquals({ completed, queued, executing }, { completed: 1, queued: 1, executing: 0 });
  assertEquals([job.status, job.sharedData], ["paused", {}]);

  flow.resume(job.jobId);
  assertEquals(job.status, "running");
  await job.waitForCompletion();
  assertEquals([job.status, job.sharedData], ["completed", { left: { latches } }]);
});

Deno.test("Flow.pause() leaves an activation that waits for another worker, as its own was lost", async () => {
  await using flow = new Flow({ maxWorkers: 1, concurrency: 2 }).add("gate", gate)
    .add("killer", killer);
  const latches = newLatches();
  const job = flow.start("gate.hold", { latches });
  await reached(latches, ARRIVED);
  await flow.start("killer.closes").waitForCompletion();
  flow.pause(job);
  assertEquals([job.status, job.counts.executing], ["paused", 1]);
  flow.resume(job);
  arrive(latches, RELEASED, 2);
  await job.waitForCompletion({ timeout: 10_000 });
  assertEquals([job.status, countOf(latches, ARRIVED)], ["completed", 2]);
});

Deno.test("Flow.pause() stops present and later jobs", async () => {
  await using flow = gates();
  await using neighbour = gates();
  const latches = newLatches();
  arrive(latches, RELEASED, 2);
  const before = flow.start("gate.hold", { latches });
  flow.pause();
  const after = flow.start("gate.hold", { latches });
  await neighbour.execute("sink.item", 1); // of the same pool, so it has had the worker
  assertEquals([before.status, after.status, countOf(latches, ARRIVED)], ["paused", "paused", 0]);

  flow.resume();
  await Promise.all([before.waitForCompletion(), after.waitForCompletion()]);
  assertEquals([before.status, after.status], ["completed", "completed"]);
});

Deno.test("Flow.resume() leaves a separately paused job paused", async () => {
  await using flow = gates();
  const latches = newLatches();
  arrive(latches, RELEASED);
  const apart = flow.start("gate.hold", { latches });
  flow.pause(apart);
  flow.pause();
  const other = flow.start("sink.item", 1);
  flow.resume();
  await other.waitForCompletion();
  assertEquals([apart.status, other.status], ["paused", "completed"]);
  flow.resume(apart);
  assertEquals((await apart.waitForCompletion()).status, "completed");
});

Deno.test("Flow.pause() and Flow.resume() are idempotent", async () => {
  await using flow = gates();
  const job = await flow.execute("sink.item", 1);
  flow.pause(job);
  flow.resume(job);
  flow.resume();
  assertEquals(job.status, "completed");
  const events = flow.events({ jobId: "job_2" });
  const running = flow.start("sink.item", 2, { jobId: "job_2" });
  flow.resume(running);
  flow.pause(running);
  flow.pause(running);
  flow.resume(running);
  await running.waitForCompletion();
  const kinds = (await Array.fromAsync(events)).map(({ type }) => type);
  assertEquals(kinds.filter((kind) => kind === "job_paused" || kind === "job_resumed"), [
    "job_paused",
    "job_resumed",
  ]);
});

Deno.test("Flow.pause() lets the last activation complete the job", async () => {
  await using flow = gates();
  const latches = newLatches();
  const job = flow.start("gate.quiet", { latches });
  await reached(latches, ARRIVED);
  flow.pause(job);
  arrive(latches, RELEASED);
  assertEquals((await job.waitForCompletion()).status, "completed");
});

Deno.test("Flow.pause() preserves the order of quick work", async () => {
  await using flow = new Flow({ pool, executionStrategy: "sequential" })
    .add("emitter", emitter)
    .add("log", logger)
    .connect("emitter.item", "log.item");
  const items = Array.from({ length: 2_000 }, (_, i) => i);
  const events = flow.events({ jobId: "job" });
  const job = flow.start("emitter.items", items, { jobId: "job" });
  let [started, startedWhilePaused, isPaused] = [0, 0, false];
  const resumes: Promise<void>[] = [];
  for await (const { type } of events) {
    if (type === "activation_started") {
      if (isPaused) startedWhilePaused++;
      if (++started % 100 === 0) flow.pause(job);
    } else if (type === "job_paused") {
      isPaused = true;
      resumes.push(delay(0).then(() => void flow.resume(job)));
    } else if (type === "job_resumed") isPaused = false;
  }
  // The job may have ended before the last of them.
  await Promise.all(resumes);
  assertEquals([job.status, startedWhilePaused], ["completed", 0]);
  assertEquals(logged(job), items);
});

// The isolation of jobs: the states of routines, the payloads that slots gather and the ids of jobs.

import { Flow, type JobState } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { gatherer, source, stage } from "../routines/stages.ts";

const pool = sharedPool();

function pipeline() {
  return new Flow({ pool })
    .add("source", source)
    .add("processor", stage)
    .add("gatherer", gatherer)
    .connect("source.output", "processor.input")
    .connect("processor.output", "gatherer.input");
}

Deno.test("JobState.routineStates contains only patched fields", async () => {
  await using flow = pipeline();
  const job = flow.start("source.trigger", { name: "mine" });
  assertEquals(job.routineStates, {});
  await job.waitForCompletion();
  assertEquals(job.routineStates, {
    source: { lastName: "mine" },
    processor: { "saw mine": true },
    gatherer: { names: ["mine"] },
  });
});

Deno.test("JobState.sharedData is isolated from the previous job", async () => {
  await using flow = pipeline();
  const first = await flow.execute("source.trigger", { name: "first" });
  const second = await flow.execute("source.trigger", { name: "second" });
  assertEquals([gathered(first), gathered(second)], [["first"], ["second"]]);
  assertEquals(second.routineStates.gatherer, { names: ["second"] });
});

Deno.test("JobState.sharedData is isolated from concurrent jobs", async () => {
  await using flow = pipeline();
  const names = Array.from({ length: 20 }, (_, i) => `job ${i}`);
  const jobs = await Promise.all(names.map((name) => flow.execute("source.trigger", { name })));
  assertEquals(jobs.map(gathered), names.map((name) => [name]));
});

Deno.test("slot() delivers no fields of an earlier payload", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 }).add("gatherer", gatherer);
  await flow.execute("gatherer.raw", { a: 1, b: 1 });
  const { sharedLog } = await flow.execute("gatherer.raw", { b: 2, c: 2 });
  assertEquals(sharedLog.map(({ data }) => data), [{ b: 2, c: 2 }]);
});

Deno.test("StartOptions.jobId identifies the job everywhere", async () => {
  await using flow = pipeline();
  const jobIds = ["job_1", "job_2", "a name with spaces", "7"];
  const reading = jobIds.map((jobId) => Array.fromAsync(flow.events({ jobId })));
  const jobs = jobIds.map((jobId) => flow.start("source.trigger", { name: jobId }, { jobId }));
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(jobs.map(({ jobId }) => jobId), jobIds);
  assertEquals([...flow.jobs.keys()], jobIds);
  for (const [i, job] of jobs.entries()) {
    const jobId = jobIds[i];
    const events = await reading[i] ?? [];
    const ids = [job.toJSON(), ...job.spans, ...events].map((one) => one.jobId);
    assertEquals(new Set(ids), new Set([jobId]));
    assertEquals(gathered(job), [jobId]);
  }
});

function gathered({ sharedData }: JobState): string[] {
  return (sharedData.gathered as { name: string }[]).map(({ name }) => name);
}

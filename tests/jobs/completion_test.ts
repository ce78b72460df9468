// The completion of a job: it is reported with the job's own last commit, without polling, while other
// jobs of the flow run.

import { Flow } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { gatherer, source, stage } from "../routines/stages.ts";

const pool = sharedPool();

function pipeline() {
  return new Flow({ pool })
    .add("gate", gate)
    .add("source", source)
    .add("processor", stage)
    .add("reporter", gatherer)
    .connect("source.output", "processor.input")
    .connect("processor.output", "reporter.input");
}

Deno.test("JobState.waitForCompletion() settles while a neighbour runs", async () => {
  await using flow = pipeline();
  const latches = newLatches();
  const neighbour = flow.start("gate.hold", { latches });
  await reached(latches, ARRIVED);
  const job = flow.start("source.trigger", { name: "quick" });
  await job.waitForCompletion();
  assertEquals([job.status, neighbour.status], ["completed", "running"]);
  arrive(latches, RELEASED);
  await neighbour.waitForCompletion();
});

Deno.test("JobState.waitForCompletion() settles with the last commit", async () => {
  await using flow = pipeline();
  const latches = newLatches();
  const neighbour = flow.start("gate.hold", { latches });
  await reached(latches, ARRIVED);
  const events = flow.events({ jobId: "job_1" });
  const job = flow.start("source.trigger", { name: "quick" }, { jobId: "job_1" });
  let isSettled = false;
  const waiting = job.waitForCompletion().then(() => isSettled = true);
  for await (const { type } of events) {
    if (type !== "job_completed") continue;
    // A poll needs a timer, and none fires before a promise that is already resolved.
    await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 0))]);
    assertEquals([isSettled, neighbour.status], [true, "running"]);
  }
  arrive(latches, RELEASED);
  await neighbour.waitForCompletion();
});

Deno.test("JobState.endedAt is independent of a running neighbour", async () => {
  await using flow = pipeline();
  const latches = newLatches();
  const neighbour = flow.start("gate.hold", { latches });
  await reached(latches, ARRIVED);
  const job = await flow.execute("source.trigger", { name: "quick" });
  const endedAt = job.endedAt;
  arrive(latches, RELEASED);
  await neighbour.waitForCompletion();
  assertEquals(job.endedAt, endedAt);
  assertEquals((neighbour.endedAt ?? 0) > (endedAt ?? Infinity), true);
});

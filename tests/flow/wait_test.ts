import { Flow } from "@millrace/flow";
import { WaitTimeoutError } from "@millrace/flow/errors";
import { assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { collector } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("WaitOptions.timeout ends the wait but not the job", async () => {
  await using flow = new Flow({ id: "f", pool }).add("gate", gate);
  const latches = newLatches();
  const job = flow.start("gate.hold", { latches }, { jobId: "job_1" });
  const error = await assertRejects(() => job.waitForCompletion({ timeout: 0 }), WaitTimeoutError);
  assertMatch(error.message, /job_1.*running.*0 of 1/);
  assertEquals([error.flowId, error.jobId], ["f", "job_1"]);
  arrive(latches, RELEASED);
  await job.waitForCompletion({ timeout: Infinity });
  assertEquals(job.status, "completed");
});

Deno.test("WaitTimeoutError suggests resume() for a paused job", async () => {
  await using flow = new Flow({ pool }).add("sink", collector);
  const job = flow.start("sink.item", 1);
  flow.pause(job);
  const error = await assertRejects(() => job.waitForCompletion({ timeout: 0 }), WaitTimeoutError);
  assertMatch(error.message, /paused.*flow\.resume/);
});

Deno.test("WaitOptions.signal ends the wait but not the job", async () => {
  await using flow = new Flow({ pool }).add("gate", gate);
  const latches = newLatches();
  const job = flow.start("gate.hold", { latches });
  await reached(latches, ARRIVED);
  const controller = new AbortController();
  const reason = new Error("no time");
  const wait = assertRejects(() => job.waitForCompletion({ signal: controller.signal }));
  controller.abort(reason);
  assertStrictEquals(await wait, reason);
  const again = await assertRejects(() => job.waitForCompletion({ signal: controller.signal }));
  assertStrictEquals(again, reason);
  assertEquals(job.status, "running");
  arrive(latches, RELEASED);
  await job.waitForCompletion();
});

Deno.test("JobState.waitForCompletion() resolves at once after the end", async () => {
  await using flow = new Flow({ pool }).add("sink", collector);
  const job = await flow.execute("sink.item", 1);
  assertStrictEquals(await job.waitForCompletion({ timeout: 0 }), job);
  assertStrictEquals(await job.waitForCompletion(), job);
});

import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { WaitTimeoutError } from "../../faces/errors.ts";
import { Flow, type JobState } from "../../mod.ts";
import { JobEnd } from "../../src/flow/job_end.ts";
import { JobView } from "../../src/flow/job_view.ts";
import { idler } from "../routines/basics.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

/** Returns the number of waits for the end of a job. */
function waiters(job: JobState): number {
  assertInstanceOf(job, JobView);
  return job.waiters;
}

Deno.test("JobState.waitForCompletion() leaves no waiter after a timeout", async () => {
  await using flow = new Flow({ pool }).add("idler", idler);
  flow.pause();
  const job = flow.start("idler.go", undefined);
  const { signal } = new AbortController();
  for (let i = 0; i < 20; i++) {
    await assertRejects(() => job.waitForCompletion({ timeout: 0, signal }), WaitTimeoutError);
  }
  assertEquals(waiters(job), 0);
  const ended = job.waitForCompletion();
  assertEquals(waiters(job), 1);
  flow.resume();
  assertStrictEquals(await ended, job);
  assertEquals(waiters(job), 0);
});

Deno.test("JobEnd.settle() resolves present and later waits", () => {
  const end = new JobEnd();
  const seen: unknown[] = [];
  const wait = () => end.wait(() => seen.push("ended"), (reason) => seen.push(reason));
  end.onEnd(() => seen.push("called back"));
  wait();
  wait()();
  end.settle();
  assertEquals(seen.splice(0), ["ended", "called back"]);
  end.leave(new Error("closed"));
  wait();
  assertEquals(seen, ["ended"]);
});

Deno.test("JobEnd.leave() rejects present and later waits", () => {
  const end = new JobEnd();
  const seen: unknown[] = [];
  const wait = () => end.wait(() => seen.push("ended"), (reason) => seen.push(reason));
  const reason = new Error("closed");
  wait();
  end.leave(reason);
  wait();
  end.onEnd(() => seen.push("called back"));
  end.settle();
  assertEquals(seen, [reason, reason, "called back"]);
});

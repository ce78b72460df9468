import { Flow, type Policy } from "@millrace/flow";
import type { FallbackOf } from "@millrace/flow/types";
import { assert, assertEquals } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { approval } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

const HOUR = 3_600_000;

function waiting(journal: Journal, policy: Policy<FallbackOf<typeof approval.events>> = {}) {
  return new Flow({ id: "waiting", store: journal.store(), pool })
    .add("approval", approval, policy);
}

Deno.test("Flow.signal() reaches a wait after a restart", async () => {
  using journal = new Journal();
  {
    await using flow = waiting(journal);
    const events = flow.events();
    flow.start("approval.request", HOUR, { jobId: "job" });
    await until(events, of("activation_completed"));
  }
  await using flow = waiting(journal);
  const [job] = await flow.recover();
  assert(job !== undefined);
  assertEquals(job.waitingFor.map(({ signal, timeout }) => ({ signal, timeout })), [
    { signal: "approval", timeout: HOUR },
  ]);
  flow.signal(job, "approval", { by: "Ada" });
  assertEquals((await job.waitForCompletion()).sharedData, { approved: { by: "Ada" } });
});

Deno.test("Flow.signal() stores an early signal across restarts", async () => {
  using journal = new Journal();
  {
    await using flow = waiting(journal);
    const job = flow.start("approval.request", HOUR, { jobId: "job", delay: 20 });
    flow.signal(job, "approval", "early");
  }
  await using flow = waiting(journal);
  const [job] = await flow.recover();
  assertEquals((await job?.waitForCompletion())?.sharedData, { approved: "early" });
});

Deno.test("SignalTimeoutError follows the policy after a restart", async () => {
  using journal = new Journal();
  const policy = {
    onError: { strategy: "skip", fallback: { event: "item", payload: "nobody" } } as const,
  };
  {
    await using flow = waiting(journal, policy);
    const events = flow.events();
    flow.start("approval.request", 30, { jobId: "job" });
    await until(events, of("activation_completed"));
  }
  await using flow = waiting(journal, policy);
  const jobs = await flow.recover();
  const job = jobs[0] ?? flow.job("job");
  await job?.waitForCompletion();
  assertEquals([job?.status, job?.skipped], ["completed", ["approval"]]);
  assertEquals(job?.errors.map(({ name }) => name), ["SignalTimeoutError"]);
});

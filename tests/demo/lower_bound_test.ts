import { assertEquals } from "@std/assert";
import { busyMs, chainMs, lowerBoundMs } from "../../examples/concurrent_demo/lower_bound.ts";
import { fakeJob } from "./fake_jobs.ts";

Deno.test("lowerBoundMs() divides the work evenly", () => {
  const jobs = [1, 2, 3, 4].map((n) => fakeJob(`job_${n}`, ["w1", 0, 100], ["w2", 100, 250]));
  assertEquals(lowerBoundMs(jobs, 2), 500);
});

Deno.test("lowerBoundMs() is at least a job's chain", () => {
  const job = fakeJob("job_1", ["w1", 0, 100], ["w2", 180, 330]);
  assertEquals([chainMs(job), lowerBoundMs([job], 8)], [250, 250]);
});

Deno.test("chainMs() counts the longest parallel chain", () => {
  const spans = [[1, 0, 10], [2, 10, 40], [3, 10, 20], [4, 40, 45]].map(
    ([id, startedAt = 0, endedAt = 0]) => ({ activationId: String(id), startedAt, endedAt }),
  );
  const froms: [id: string, from?: string][] = [["1"], ["2", "1"], ["3", "1"], ["4", "3"]];
  const executionHistory = froms.map(([activationId, from]) => ({
    event: "queued" as const,
    activationId,
    ...from !== undefined && { data: { from } },
  }));
  assertEquals(chainMs({ spans, executionHistory }), 40);
  assertEquals(busyMs({ spans }), 55);
});

Deno.test("chainMs() adds every attempt", () => {
  const spans = [{ activationId: "1", startedAt: 0, endedAt: 10 }, {
    activationId: "1",
    startedAt: 20,
    endedAt: 35,
  }];
  assertEquals(chainMs({ spans, executionHistory: [{ event: "queued", activationId: "1" }] }), 25);
});

Deno.test("lowerBoundMs() is 0 without executions", () => {
  assertEquals(lowerBoundMs([fakeJob("job_1")], 2), 0);
});

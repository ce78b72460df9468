import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { chooseJobs } from "../../src/report/choose_jobs.ts";

const JOBS = fc.array(fc.record({ isFailed: fc.boolean(), duration: fc.nat(50) }), {
  maxLength: 60,
}).map((jobs) => jobs.map((job, i) => ({ ...job, jobId: `job_${i}` })));

Deno.test("chooseJobs() prefers failed jobs to long and new ones", () => {
  const jobs = Array.from({ length: 20 }, (_, i) => ({
    jobId: String(i),
    isFailed: i < 10,
    duration: i === 12 ? 9 : 1,
  }));
  assertEquals(chooseJobs(jobs, 4), ["8", "9", "12", "19"]);
});

Deno.test("chooseJobs() fills its room in the order of the jobs", () => {
  fc.assert(fc.property(JOBS, fc.nat(70), (jobs, most) => {
    const chosen = chooseJobs(jobs, most);
    assertEquals(chosen.length, Math.min(most, jobs.length));
    const places = chosen.map((id) => jobs.findIndex(({ jobId }) => jobId === id));
    assertEquals(places, places.toSorted((a, b) => a - b));
    assertEquals(new Set(chosen).size, chosen.length);
    const longest = Math.max(...jobs.map(({ duration }) => duration));
    assert(
      most < 4 || jobs.length === 0 || chosen.some((id) => {
        return jobs.some(({ jobId, duration }) => jobId === id && duration === longest);
      }),
    );
  }));
});

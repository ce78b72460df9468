import { assert, assertEquals } from "@std/assert";
import { JobTally } from "../../src/run/job_tally.ts";
import { OpenJobs } from "../../src/run/open_jobs.ts";

function tally(number: number): JobTally {
  const job = new JobTally({ type: "job_paused", jobId: `job_${number}`, seq: 1, at: number }, 0);
  job.status = "running";
  return job;
}

Deno.test("OpenJobs.longest() returns the oldest of the jobs that are left", () => {
  const open = new OpenJobs();
  const jobs = Array.from({ length: 5_000 }, (_, i) => tally(i));
  // Jobs of the store may be added after newer ones.
  for (const job of [...jobs.slice(2_500), ...jobs.slice(0, 2_500)]) open.add(job);
  for (const job of jobs) if (job.createdAt % 100 !== 7) assert(open.remove(job));
  assertEquals(open.size, 50);
  assertEquals(open.longest(3).map(({ jobId }) => jobId), ["job_7", "job_107", "job_207"]);
  jobs[107]!.status = "paused";
  assertEquals(open.longest(2).map(({ jobId }) => jobId), ["job_7", "job_207"]);
});

Deno.test("OpenJobs.remove() removes a job once", () => {
  const open = new OpenJobs();
  const job = tally(1);
  open.add(job);
  assertEquals([open.remove(job), open.remove(job), open.size], [true, false, 0]);
  assertEquals(open.longest(1), []);
});

import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { chance, ChaosError, riskChaos } from "../../examples/concurrent_demo/routines.ts";
import { runDemo } from "./demo_process.ts";

/** Which attempts of some jobs fail at a rate. */
function failing(chaos: number, seed: number): string[] {
  const failing: string[] = [];
  for (let i = 0; i < 500; i++) {
    const doomed = { jobId: `job_${i}`, routineId: "DataSource", attempt: 1 + i % 4 };
    try {
      riskChaos({ config: { chaos, seed }, ...doomed });
    } catch (error) {
      assert(error instanceof ChaosError);
      failing.push(doomed.jobId);
    }
  }
  return failing;
}

Deno.test("riskChaos() fails none at 0 and all at 1", () => {
  assertEquals([failing(0, 1).length, failing(1, 1).length], [0, 500]);
});

Deno.test("riskChaos() draws failures from the seed", () => {
  assertEquals(failing(0.3, 1), failing(0.3, 1));
  assertNotEquals(failing(0.3, 1), failing(0.3, 2));
  for (const seed of [1, 2, 3]) {
    const { length } = failing(0.3, seed);
    assert(length > 110 && length < 190, `${length} of 500`);
  }
});

Deno.test("chance() spreads values evenly", () => {
  const buckets = Array<number>(10).fill(0);
  for (let i = 0; i < 2_000; i++) buckets[Math.floor(chance(`1 job_${i} x 1`) * 10)]!++;
  for (const count of buckets) assert(count > 140 && count < 260, String(buckets));
});

Deno.test("demo() reports the same chaos for one seed", async () => {
  const args = ["--jobs", "3", "--max-workers", "3", "--chaos", "0.4", "--seed", "3"];
  const [{ code, stdout, stderr }, again] = await Promise.all([
    runDemo({ args }),
    runDemo({ args }),
  ]);
  const [timeline = "", jobs = "", summary = ""] = stdout.split(/^\d \w+ ─+$/m).slice(3);
  for (const part of [timeline, jobs]) {
    for (const outcome of ["retried", "skipped"]) assertStringIncludes(part, outcome);
    assertMatch(part, /\(attempt 2\)/);
  }
  assertStringIncludes(stdout, "chaos     0.4 of all attempts are made to fail, by seed 3");
  assertMatch(jobs, /stages +skipped \(DataAggregator was made to fail at attempt 1\)/);
  const counts = [...summary.matchAll(/^ +(completed|failed|failures|retries|skipped) +(\d+)/gm)]
    .map(([, name, count]) => [name, Number(count)]);
  const { completed = 0, failed = 0, failures = 0, retries = 0, skipped = 0 } = Object
    .fromEntries(counts) as Record<string, number>;
  assertEquals([completed + failed, stderr], [3, ""]);
  assertEquals(failures, retries + skipped + failed);
  assertGreater(retries, 0);
  assertGreater(skipped, 0);
  assertEquals(code, failed > 0 ? 1 : 0);
  // The columns of a timeline depend on how long it took.
  const outcomes = (text: string) =>
    text.match(/^ +(?:\w+ +)?(?:failures|retries|skipped).*$/gm)?.map((line) => line.trim());
  assertEquals(outcomes(again.stdout), outcomes(stdout));
});

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import type { JobStateJson, Span } from "@millrace/flow";
import type { Results } from "../../examples/concurrent_demo/files.ts";
import { type Ended, runDemo } from "./demo_process.ts";

// deno-lint-ignore no-control-regex
const ESCAPE = /\u001b/;

/** The stages by the keys that they leave in the shared data of a job whose reading is valid. */
const MADE_BY = {
  reading: "DataSource",
  processed: "DataProcessor",
  validated: "DataValidator",
  aggregate: "DataAggregator",
  report: "DataReporter",
};

Deno.test("demo() runs four jobs", async (test) => {
  const { ended, results } = await runWithResults();
  const { stdout } = ended;

  await test.step("demo() exits with 0 and an empty stderr", () => {
    assertEquals([ended.code, ended.stderr], [0, ""]);
  });

  await test.step("demo() prints no escape sequence when piped", () => {
    assertNotMatch(stdout, ESCAPE);
  });

  await test.step("demo() prints its five parts in order", () => {
    const headings = [...stdout.matchAll(/^(\d \w+) ─+$/gm)].map(([, heading]) => heading);
    assertEquals(headings, ["1 Configuration", "2 Progress", "3 Timeline", "4 Jobs", "5 Summary"]);
  });

  await test.step("graphView() shows the validator's error event", () => {
    assertMatch(stdout, /● {4}DataValidator +120 ms {2}output → DataAggregator\.input/);
    assertMatch(stdout, /error → DataReporter\.rejected/);
  });

  await test.step("StatusView prints a line per job and look", () => {
    for (const { jobId } of results.jobs) {
      const lines = stdout.match(new RegExp(`^ +\\d+\\.\\d s {2}${jobId} .+$`, "gm")) ?? [];
      assert(lines.length >= 3, `${lines.length} lines for ${jobId}`);
      assertMatch(
        lines.at(-1) ?? "",
        /completed +– +done +5 of 5 +history +19 +log +5 +elapsed +\d+\.\d s/,
      );
    }
  });

  await test.step("demo() completes 20 activations two at once", () => {
    assertEquals(results.maxConcurrent, 2);
    assertEquals(results.spans.length, 20);
    const { jobs, completed, failed } = results.summary;
    assertEquals({ jobs, completed, failed }, { jobs: 4, completed: 4, failed: 0 });
    assertStringIncludes(
      stdout,
      "20 bars, at most 2 at once; the limit is 2.",
    );
  });

  await test.step("timeline() draws a bar for each activation", () => {
    for (const { routineId, workerId, startedAt } of results.spans) {
      const at = since(startOf(results), startedAt).replaceAll(".", "\\.").replace("+", "\\+");
      assertMatch(stdout, new RegExp(`^ +${routineId} +[▐█▌]+ +${workerId} +${at} `, "m"));
    }
  });

  await test.step("jobView() shows the timestamp of each stage", () => {
    for (const job of results.jobs) {
      const entries = Object.entries(MADE_BY);
      assertEquals(Object.keys(job.sharedData), entries.map(([key]) => key));
      for (const [key, routineId] of entries) {
        const timestamp = stampOf(job.sharedData[key]);
        const span = spanOf(results, job, routineId);
        assert(span.startedAt <= timestamp && timestamp <= span.endedAt, `${job.jobId} ${key}`);
        assertEquals(stampOf(job.routineStates[routineId]), timestamp);
        const shown = [
          since(startOf(results), timestamp),
          new Date(timestamp).toISOString().slice(11),
        ];
        assertStringIncludes(stdout, shown.join("  "));
      }
    }
  });

  await test.step("dataReporter ends each job with a report", () => {
    for (const { sharedData, sharedLog } of results.jobs) {
      const { aggregate, report, reading, processed, validated } = sharedData;
      assertEquals(Reflect.get(Object(aggregate), "gathered"), { reading, processed, validated });
      assertEquals(Reflect.get(Object(report), "verdict"), "valid");
      assertEquals(sharedLog.map(({ routineId }) => routineId), Object.values(MADE_BY));
    }
    assertEquals(stdout.match(/^ +final report\n +verdict +valid$/gm)?.length, 4);
  });

  await test.step("--json writes the documented shape", () => {
    assertEquals(shapeOf(results), {
      configuration: ["interval", "invalid", "jobs", "maxWorkers", "strategy"],
      summary: ["busyMs", "completed", "failed", "jobs", "lowerBoundMs", "ratio", "wallMs"],
      all: ["configuration", "jobs", "maxConcurrent", "spans", "summary"],
      span: [
        "activationId",
        "attempt",
        "endedAt",
        "jobId",
        "routineId",
        "slot",
        "startedAt",
        "workerId",
      ],
    });
    assertEquals(results.jobs.map(({ jobId }) => jobId), ["job_1", "job_2", "job_3", "job_4"]);
    const busyMs = results.spans.reduce((sum, span) => sum + span.endedAt - span.startedAt, 0);
    const { summary } = results;
    assertEquals(Math.round(summary.busyMs), Math.round(busyMs));
    assertEquals(summary.ratio, summary.wallMs / summary.lowerBoundMs);
  });
});

Deno.test("--strategy sequential executes one activation at a time", async () => {
  const { ended, results } = await runWithResults("--strategy", "sequential", "--jobs", "2");
  assertEquals([ended.code, results.maxConcurrent, results.spans.length], [0, 1, 10]);
  assertStringIncludes(ended.stdout, "10 bars, at most 1 at once; the limit is 1.");
});

Deno.test("--invalid routes a reading to the error path", async () => {
  const { ended, results } = await runWithResults("--jobs", "2", "--invalid", "1");
  assertEquals([ended.code, results.summary.completed], [0, 2]);
  assertEquals(wayOf(results, "job_1"), [
    "DataSource.trigger",
    "DataProcessor.input",
    "DataValidator.input",
    "DataReporter.rejected",
  ]);
  assertEquals(wayOf(results, "job_2"), [
    "DataSource.trigger",
    "DataProcessor.input",
    "DataValidator.input",
    "DataAggregator.input",
    "DataReporter.aggregate",
  ]);
  assertMatch(ended.stdout, /final report\n +verdict +invalid\n/);
});

/** Runs the demo and reads what it wrote. */
async function runWithResults(...args: string[]): Promise<{ ended: Ended; results: Results }> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/results.json`;
    const permissions = ["--allow-read=.", `--allow-write=${folder}`];
    const ended = await runDemo({ args: ["--json", file, ...args], permissions });
    return { ended, results: JSON.parse(await Deno.readTextFile(file)) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function startOf({ jobs }: Results): number {
  return Math.min(...jobs.map(({ createdAt }) => createdAt));
}

function spanOf({ spans }: Results, { jobId }: JobStateJson, routineId: string): Span {
  const span = spans.find((span) => span.jobId === jobId && span.routineId === routineId);
  assert(span, `${routineId} of ${jobId} was not executed`);
  return span;
}

function stampOf(value: unknown): number {
  return Reflect.get(Object(value), "timestamp");
}

/** Where a job's activations were delivered, in order. */
function wayOf({ spans }: Results, jobId: string): string[] {
  return spans.filter((span) => span.jobId === jobId)
    .map(({ routineId, slot }) => `${routineId}.${slot}`);
}

function shapeOf(results: Results) {
  const keys = (value: unknown) => Object.keys(Object(value)).sort();
  const { configuration, summary, spans: [span] } = results;
  return {
    configuration: keys(configuration),
    summary: keys(summary),
    all: keys(results),
    span: keys(span),
  };
}

/** The time from a start to a moment, as the demo prints it. */
function since(start: number, moment: number): string {
  const gone = (moment - start).toFixed(1);
  return gone.startsWith("-") ? gone : `+${gone}`;
}

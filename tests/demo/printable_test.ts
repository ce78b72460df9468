// The names of jobs, routines and errors, and their contents, can come from anywhere: a terminal must
// not obey them.

import { setColorEnabled } from "@std/fmt/colors";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { configurationView } from "../../examples/concurrent_demo/configuration_view.ts";
import { complain } from "../../examples/concurrent_demo/exit_code.ts";
import { graphView } from "../../examples/concurrent_demo/graph_view.ts";
import { jobView } from "../../examples/concurrent_demo/job_view.ts";
import { type Options, readOptions } from "../../examples/concurrent_demo/options.ts";
import { printable } from "../../examples/concurrent_demo/printable.ts";
import { StatusView, type Watched } from "../../examples/concurrent_demo/status_view.ts";
import { firstLine } from "../../examples/concurrent_demo/text.ts";
import { timeline } from "../../examples/concurrent_demo/timeline.ts";

setColorEnabled(false);

/** Clears the screen, sets a title, rings, hides what follows, turns the direction, ends lines. */
const EVIL = "a\u001b[2J\u001b]0;title\u0007\u009b8m\u202e\r\n\u2028\u007fz";
// deno-lint-ignore no-control-regex
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** Refuses lines that a terminal would obey, or that do not show the text. */
function assertShown(lines: readonly string[]): void {
  for (const line of lines) assertEquals(OBEYED.test(line), false, JSON.stringify(line));
  assertStringIncludes(lines.join("\n"), "a\\u001b[2J\\u001b]0;title\\u0007\\u009b8m\\u202e");
}

function evilJob(executions: number) {
  const about = { jobId: EVIL, routineId: EVIL, slot: EVIL, activationId: EVIL, attempt: 1 };
  const error = Object.assign(new Error(EVIL), { name: EVIL });
  const counts = { completed: 0, known: 1, logEntries: 1, executing: 1 } as Watched["counts"];
  return {
    ...about,
    status: "failed" as const,
    error,
    createdAt: 0,
    startedAt: 0,
    endedAt: 10,
    counts,
    executing: [{ ...about, workerId: EVIL }],
    spans: Array.from({ length: executions }, () => {
      return { ...about, workerId: EVIL, startedAt: 0, endedAt: 10 };
    }),
    executionHistory: (["queued", "started", "emitted", "failed"] as const).map((event) => {
      return { ...about, event, timestamp: 0, workerId: EVIL, data: { event: EVIL, error: EVIL } };
    }),
    sharedData: { [EVIL]: EVIL, report: { [EVIL]: EVIL, list: [EVIL], deep: { [EVIL]: 1 } } },
    sharedLog: [{ timestamp: 0, routineId: EVIL, activationId: EVIL, data: { [EVIL]: EVIL } }],
    routineStates: { [EVIL]: { [EVIL]: EVIL, timestamp: 1 } },
    skipped: [EVIL],
  };
}

Deno.test("jobView() escapes control characters", () => {
  assertShown(jobView(evilJob(1), 0, 10_000));
  assertShown(jobView(evilJob(1), 0, 60));
});

Deno.test("timeline() escapes control characters of ids", () => {
  for (const executions of [1, 50]) {
    assertShown(timeline([evilJob(executions)], { start: 0, limit: 1, columns: 300 }));
  }
});

Deno.test("StatusView escapes control characters in aligned columns", () => {
  const view = new StatusView([EVIL, "b"], [EVIL]);
  const job = evilJob(1);
  assertShown([view.line(job, 20), ...view.block([job, { ...job, jobId: "b" }], 9, 20)]);
  const [, first = "", second = ""] = view.block([job, { ...job, jobId: "b" }], 9, 20);
  assertEquals(first.length, second.length);
});

Deno.test("graphView() and configurationView() escape control characters", () => {
  const graph = {
    nodes: [{ id: EVIL, config: {} }, { id: "b", config: {} }],
    connections: [{ from: `${EVIL}.${EVIL}`, to: `b.${EVIL}` }],
  };
  assertShown(graphView(graph));
  const request = readOptions([]) as { options: Options };
  const options = { ...request.options, store: EVIL, json: EVIL };
  assertShown(configurationView(EVIL, graph, options));
  assertShown(configurationView(EVIL, graph, { ...options, resume: true }));
});

Deno.test("complain() and firstLine() escape control characters", () => {
  const { error } = console;
  const printed: string[] = [];
  console.error = (line: string) => void printed.push(line);
  try {
    complain(EVIL);
  } finally {
    console.error = error;
  }
  assertShown(printed);
  assertEquals(OBEYED.test(firstLine(EVIL)), false);
});

Deno.test("printable() leaves all other characters unchanged", () => {
  const text = "Ünï 日本 \u{1f600} \\ \" ' \u200d é";
  assertEquals(printable(text), text);
  assertEquals(printable("a\tb\nc\rd\0"), "a\\tb\\nc\\rd\\u0000");
});

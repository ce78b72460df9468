// The names of jobs, routines and errors, and their contents, can come from anywhere: a terminal must
// not obey them.

import { setColorEnabled } from "@std/fmt/colors";
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Graph } from "@millrace/flow";
import { configurationView } from "../../examples/concurrent_demo/demo.ts";
import { complain, type Options, readOptions } from "../../examples/concurrent_demo/options.ts";
import { printable } from "@millrace/flow/report";
import { StatusView, type Watched } from "../../examples/concurrent_demo/progress.ts";
import { firstLine } from "../../examples/concurrent_demo/files.ts";

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

function evilJob(): Watched {
  const about = { jobId: EVIL, routineId: EVIL, slot: EVIL, activationId: EVIL, attempt: 1 };
  const counts = { completed: 0, known: 1, logEntries: 1, executing: 1 } as Watched["counts"];
  return {
    jobId: EVIL,
    status: "failed",
    startedAt: 0,
    endedAt: undefined,
    counts,
    executing: [{ ...about, workerId: EVIL }],
    executionHistory: [],
  };
}

Deno.test("StatusView escapes control characters in aligned columns", () => {
  const view = new StatusView([EVIL, "b"], [EVIL]);
  const job = evilJob();
  assertShown([view.line(job, 20), ...view.block([job, { ...job, jobId: "b" }], 9, 20)]);
  const [, first = "", second = ""] = view.block([job, { ...job, jobId: "b" }], 9, 20);
  assertEquals(first.length, second.length);
});

Deno.test("configurationView() escapes control characters", () => {
  const routine = { slots: {}, events: {} };
  const graph = {
    nodes: [{ id: EVIL, config: {}, routine }, { id: "b", config: {}, routine }],
    connections: [{ from: `${EVIL}.${EVIL}`, to: `b.${EVIL}` }],
  } as unknown as Graph;
  const request = readOptions([]) as { options: Options };
  const options = { ...request.options, store: EVIL, json: EVIL, report: EVIL };
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

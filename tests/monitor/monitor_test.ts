// The monitor of real flows, with renderers that print nothing.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Flow } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import { monitor, type MonitorOptions, type Renderer, TestRenderer } from "@millrace/flow/monitor";
import { delay } from "@std/async/delay";
import { fibonacci } from "../../examples/fibonacci.ts";
import { load, parse, save } from "./program/stages.ts";

function fibonacciFlow() {
  return new Flow({ id: "numbers", maxWorkers: 1 }).add("fibonacci", fibonacci);
}

/** Waits until a condition holds. */
async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !holds(); await delay(5)) {
    assert(Date.now() < deadline, "never happened");
  }
}

/** Replaces `console.error` while a function runs, and returns what it was called with. */
async function errorsOf(run: () => Promise<void>): Promise<unknown[]> {
  const { error } = console;
  const errors: unknown[] = [];
  console.error = (...args: unknown[]) => void errors.push(...args);
  try {
    await run();
  } finally {
    console.error = error;
  }
  return errors;
}

Deno.test("monitor() shows frames until a flow is closed", async () => {
  const renderer = new TestRenderer();
  const flow = new Flow({ id: "orders", maxWorkers: 2 })
    .add("load", load)
    .add("parse", parse)
    .add("save", save)
    .connect("load.part", "parse.part")
    .connect("parse.parsed", "save.part");
  const view = monitor(flow, { renderer, expectedJobs: 5 });
  const jobs = Array.from({ length: 5 }, () => flow.start("load.job", { parts: 3, ms: 10 }));
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  await until(() => renderer.last?.jobs.completed === 5);
  assert(renderer.frames.some(({ jobs }) => jobs.running > 0));
  assert(renderer.frames.some(({ workersBusy }) => workersBusy > 0));
  assertEquals(renderer.isEnded, false);
  await flow.close();
  await until(() => renderer.isEnded);
  const { last } = renderer;
  assertEquals([last?.status, last?.jobs.completed, last?.expectedJobs], ["closed", 5, 5]);
  assertEquals(last?.routines.map(({ routineId, completed }) => [routineId, completed]), [
    ["load", 5],
    ["parse", 15],
    ["save", 15],
  ]);
  assertEquals(view.snapshot(), last);
  assertEquals(renderer.block({ columns: 80, rows: 24 }).length, 4 + 1 + 3);
});

Deno.test("monitor() ends before the caller of Flow.close() goes on", async () => {
  const renderer = new TestRenderer();
  const flow = fibonacciFlow();
  monitor(flow, { renderer });
  await flow.execute("fibonacci.n", 5);
  await flow.close();
  assert(renderer.isEnded);
});

Deno.test("Monitor.stop() shows the last frame once", async () => {
  const renderer = new TestRenderer();
  await using flow = fibonacciFlow();
  {
    using view = monitor(flow, { renderer });
    await flow.execute("fibonacci.n", 5);
    view.stop();
    view.stop();
  }
  const frames = renderer.frames.length;
  assertEquals([renderer.isEnded, renderer.last?.jobs.completed], [true, 1]);
  await flow.execute("fibonacci.n", 5);
  await flow.close();
  assertEquals(renderer.frames.length, frames);
});

Deno.test("monitor() accepts a closed flow", async () => {
  const [early, late] = [new TestRenderer(), new TestRenderer()];
  const flow = fibonacciFlow();
  monitor(flow, { renderer: early });
  await flow.close();
  await until(() => early.isEnded);
  const view = monitor(flow, { renderer: late });
  await until(() => late.isEnded);
  assertEquals([early.last?.status, late.last?.status], ["closed", "closed"]);
  assertEquals(view.snapshot().jobs.completed, 0);
  // A flow without jobs is nothing to print.
  for (const renderer of ["live", "lines", "silent"] as const) monitor(flow, { renderer }).stop();
});

Deno.test("Monitor.snapshot() returns the current numbers", async () => {
  await using flow = fibonacciFlow();
  using view = monitor(flow, { renderer: "silent" });
  for (let i = 1; i <= 3; i++) {
    await flow.execute("fibonacci.n", i);
    assertEquals(view.snapshot().jobs.completed, i);
  }
});

Deno.test("monitor() counts jobs that had ended before only on request", async () => {
  await using flow = fibonacciFlow();
  await flow.execute("fibonacci.n", 5);
  const completed = async (options: MonitorOptions, count: number) => {
    using view = monitor(flow, { renderer: "silent", ...options });
    await until(() => view.snapshot().jobs.completed >= count);
    return view.snapshot().jobs.completed;
  };
  assertEquals(await completed({}, 0), 0);
  assertEquals(await completed({ history: true }, 1), 1);
});

Deno.test("monitor() survives a renderer that fails", async () => {
  const ends: string[] = [];
  const errors = await errorsOf(async () => {
    const flow = fibonacciFlow();
    const thrower: Renderer = {
      frame() {
        throw new Error("frame");
      },
      end: () => void ends.push("thrower"),
    };
    const rejecter = {
      frame: () => Promise.reject(new Error("rejected")),
      end: () => void ends.push("rejecter"),
    };
    let view: Disposable | undefined;
    const stopper: Renderer = {
      start: (started) => view = started,
      frame: () => view?.[Symbol.dispose](),
      end: () => void ends.push("stopper"),
    };
    for (const renderer of [thrower, rejecter, stopper]) monitor(flow, { renderer, interval: 5 });
    await flow.execute("fibonacci.n", 5);
    await delay(50);
    await flow.close();
  });
  assertEquals(errors.map((error) => (error as Error).message).sort(), ["frame", "rejected"]);
  assertEquals(ends, ["stopper"]);
});

Deno.test("monitor() refuses invalid options", async () => {
  await using flow = fibonacciFlow();
  const invalid: readonly Record<string, unknown>[] = [
    { renderer: "lively" },
    { renderer: { frame() {} } },
    { renderer: null },
    { interval: 0 },
    { interval: Infinity },
    { expectedJobs: -1 },
    { output: "file" },
    { history: 1 },
    { unknown: 1 },
  ];
  for (const options of invalid) {
    assertThrows(() => monitor(flow, options as MonitorOptions), InvalidOptionError);
  }
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Flow } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from "@millrace/flow/export";
import { fibonacci, total } from "../../examples/fibonacci.ts";
import { flowSource } from "../../src/run/flow_source.ts";
import { RunFollower } from "../../src/run/run_follower.ts";
import { RunModel } from "../../src/run/run_model.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";
import { fakeRoutine, fakeSnapshot } from "../monitor/fake_snapshot.ts";
import { driveEngine } from "../laws/drive_engine.ts";
import { plans } from "../laws/plan.ts";
import { engineRuns } from "../laws/runs.ts";
import { type Family, readExposition } from "./exposition.ts";
import { HOSTILE } from "./hostile.ts";
import { noNumbers, someNumbers } from "./shapes.ts";

Deno.test("prometheusText() has the numbers of a real run", async () => {
  await using flow = new Flow({ id: "numbers", maxWorkers: 2 })
    .add("fibonacci", fibonacci)
    .add("total", total)
    .connect("fibonacci.result", "total.number");
  using follower = new RunFollower(flowSource(flow));
  await Promise.all([5, 6, 7].map((n) => flow.execute("fibonacci.n", n)));
  await follower.caughtUp;
  const families = readExposition(prometheusText(follower.snapshot()));
  const value = (name: string, labels: Record<string, string> = {}) =>
    valueOf(families, name, { flow: "numbers", ...labels });
  assertEquals(value("millrace_jobs_ended_total", { status: "completed" }), 3);
  assertEquals(value("millrace_jobs", { status: "running" }), 0);
  const total_ = { routine: "total" };
  assertEquals(value("millrace_activations_ended_total", { ...total_, outcome: "completed" }), 3);
  assertEquals(value("millrace_activations", { ...total_, state: "queued" }), 0);
  assertEquals(value("millrace_execution_duration_seconds_count", total_), 3);
  const sum = value("millrace_execution_duration_seconds_sum", total_);
  const longest = value("millrace_execution_duration_seconds", { ...total_, quantile: "1" });
  assert(sum !== undefined && longest !== undefined && 0 < longest && longest <= sum && sum < 60);
  assertEquals(value("millrace_workers_max"), 2);
  assertEquals(value("millrace_flow_status", { status: "running" }), 1);
  const result = { from: "fibonacci", event: "result", to: "total", slot: "number" };
  assertEquals(value("millrace_connection_payloads_total", result), 3);
});

Deno.test("prometheusText() counts the activations that wait for limits", () => {
  const routine = (routineId: string, limited: number) =>
    fakeRoutine(routineId, { waits: { limited, delayed: 2, keys: 1, limits: [] } });
  const routines = [routine("fetch", 12), routine("parse", 0)];
  const families = readExposition(prometheusText(fakeSnapshot({ flowId: "crawl", routines })));
  const valueAt = (name: string, routine: string) =>
    valueOf(families, name, { flow: "crawl", routine });
  assertEquals(valueAt("millrace_activations_limited", "fetch"), 12);
  assertEquals(valueAt("millrace_activations_limited", "parse"), 0);
  assertEquals(valueAt("millrace_activations_delayed", "fetch"), 2);
  const without = prometheusText(fakeSnapshot({ routines: [fakeRoutine("fetch")] }));
  assert(!/limited|delayed/.test(without));
});

Deno.test("prometheusText() keeps to the format for any run", () => {
  const plan = plans({ failing: true, dying: true, flushing: true, lenient: true });
  const property = fc.property(plan, fc.infiniteStream(fc.nat(2 ** 20)), (plan, choices) => {
    const model = new RunModel({ graph: { routines: [], connections: [] } });
    let at = 0;
    for (const { stream } of driveEngine(plan, choices)) {
      for (const event of stream) {
        model.fold(event);
        at = Math.max(at, event.at);
      }
    }
    const moment = { flowId: "flow", status: "closed", at } as const;
    const numbers = { maxWorkers: undefined, concurrency: undefined };
    readExposition(prometheusText(model.snapshot({ ...moment, ...numbers })));
  });
  fc.assert(property, engineRuns(40));
});

Deno.test("prometheusText() groups the samples of several flows", () => {
  const families = readExposition(
    prometheusText([someNumbers(), { ...noNumbers(), flowId: "other" }]),
  );
  const jobs = families.find(({ name }) => name === "millrace_workers_busy");
  assertEquals(jobs?.samples.map(({ labels }) => labels.flow), ["orders", "other"]);
});

Deno.test("prometheusText() refuses two snapshots of one flow", () => {
  assertThrows(() => prometheusText([noNumbers(), noNumbers()]), InvalidOptionError, "different");
});

Deno.test("prometheusText() escapes any id in labels", () => {
  const routines = HOSTILE.map((routineId) => ({ routineId, slots: [], events: [] }));
  for (const flowId of HOSTILE) {
    const text = prometheusText(noNumbers({ routines, connections: [] }, flowId));
    const families = readExposition(text);
    const waits = families.find(({ name }) => name === "millrace_open_waits")?.samples ?? [];
    assertEquals(
      waits.map(({ labels }) => [labels.flow, labels.routine]),
      HOSTILE.map((id) => [shown(flowId), shown(id)]),
    );
  }
});

/** Returns a text as a label can have it. */
function shown(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}

Deno.test("prometheusText() adds up the failures of a routine by name", () => {
  const group = (routineId: string, name: string, count: number, place: string) => ({
    routineId,
    name,
    message: "no",
    place,
    stack: undefined,
    count,
    firstAt: 0,
    lastAt: 0,
    jobId: "j",
    activationId: "a",
  });
  const failures = [
    group("store", "RangeError", 2, "a.ts:1:1"),
    group("parse", "TypeError", 5, "a.ts:2:1"),
    group("store", "RangeError", 1, "a.ts:3:1"),
  ];
  const families = readExposition(prometheusText({ ...noNumbers(), failures }));
  const failed = families.find(({ name }) => name === "millrace_failed_attempts_total");
  assertEquals(
    failed?.samples.map(({ labels: { routine, error }, value }) => [routine, error, value]),
    [
      ["parse", "TypeError", 5],
      ["store", "RangeError", 3],
    ],
  );
});

Deno.test("prometheusText() writes NaN for quantiles before the first execution", () => {
  const [line] = prometheusText(noNumbers()).match(/.*quantile="0\.5".*/) ?? [];
  assertEquals(
    line,
    'millrace_execution_duration_seconds{flow="orders",routine="parse",quantile="0.5"} NaN',
  );
});

Deno.test("prometheusText() leaves out limits that are not known", () => {
  const numbers: RunSnapshot = { ...noNumbers(), maxWorkers: undefined };
  const text = prometheusText(numbers);
  assertEquals([text.includes("workers_max"), text.includes("concurrency_max")], [false, false]);
  readExposition(text);
});

Deno.test("prometheusText() writes nothing for no flows", () => {
  assertEquals(prometheusText([]), "");
});

Deno.test("PROMETHEUS_CONTENT_TYPE names the version of the format", () => {
  assert(PROMETHEUS_CONTENT_TYPE.startsWith("text/plain; version=0.0.4"));
});

function valueOf(
  families: readonly Family[],
  name: string,
  labels: Readonly<Record<string, string>>,
): number | undefined {
  const key = JSON.stringify(Object.entries(labels).sort());
  return families.flatMap(({ samples }) => samples).find((sample) =>
    sample.name === name && JSON.stringify(Object.entries(sample.labels).sort()) === key
  )?.value;
}

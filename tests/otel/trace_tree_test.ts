// The spans that a program and its workers export to a collector, with Deno's own OpenTelemetry.

import { assert, assertEquals } from "@std/assert";
import { type Exported, exportedBy, type ExportedSpan, runProgram, treeOf } from "./collector.ts";

const PROGRAM = "tests/otel/program.ts";

/** Runs a scenario, which must end well and write nothing. */
async function exported(
  scenario: string,
  env?: Readonly<Record<string, string>>,
): Promise<Exported> {
  const result = await exportedBy(PROGRAM, scenario, env);
  assertEquals([result.code, result.stderr], [0, ""]);
  return result;
}

/** An activation with one attempt, and the spans of its routine. */
const once = (of: string, ...own: unknown[]) => [`activation ${of}`, [leaf(`attempt ${of}`, own)]];
const leaf = (name: string, below: unknown[]) => below.length === 0 ? name : [name, below];

Deno.test("openTelemetry() nests spans of routines under attempts", async () => {
  const { spans } = await exported("jobs");
  const jobOf = (name: string) => [
    `request ${name}`,
    [[
      "job names",
      [
        ...[1, 2, 3].map((i) =>
          once(
            "slow.item",
            [`${name}${i} outer`, [`${name}${i} inner`]],
            `${name}${i} late`,
          )
        ),
        ...[1, 2, 3].map((i) => once("quick.quick", `${name}${i} quick`)),
        once("source.names"),
      ],
    ]],
  ];
  assertEquals<unknown>(sorted(treeOf(spans)), sorted([jobOf("a"), jobOf("b")]));
  const traces = spans.filter(({ name }) => name.startsWith("request ")).map((span) =>
    span.traceId
  );
  assertEquals(new Set(spans.map(({ traceId }) => traceId)), new Set(traces));
  assertEquals(traces.length, 2);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  for (const span of spans.filter(({ scope }) => scope === "@millrace/flow")) {
    assertEquals(span.traceId, byId.get(span.parentSpanId)?.traceId);
    assert(span.start <= span.end);
  }
});

Deno.test("openTelemetry() separates handlers in shared contexts", async () => {
  const { spans } = await exported("many");
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const parent = (span: ExportedSpan | undefined) => byId.get(span?.parentSpanId ?? "");
  const quick = spans.filter(({ name }) => name.endsWith(" quick"));
  assertEquals(quick.length, 200);
  assertEquals(new Set(quick.map(({ parentSpanId }) => parentSpanId)).size, 200);
  for (const span of quick) {
    const [attempt, activation] = [parent(span), parent(parent(span))];
    assertEquals([attempt?.name, activation?.name], [
      "attempt quick.quick",
      "activation quick.quick",
    ]);
    // The link leads to the activation that has emitted the same name.
    const emitter = byId.get(activation?.links[0] ?? "");
    const late = spans.find(({ name }) => name === span.name.replace("quick", "late"));
    assertEquals(parent(parent(late)), emitter);
  }
});

Deno.test("openTelemetry() marks failed attempts, activations and jobs", async () => {
  const { spans } = await exported("failures");
  const status = ({ name, status, attributes, events }: ExportedSpan) =>
    [
      name,
      status.code === 2 ? status.message : "ok",
      attributes["error.type"] ?? attributes["millrace.job.status"] ?? "",
      ...events.filter(({ name }) => name === "exception")
        .map(({ attributes }) => attributes["exception.type"]),
    ].join(" | ");
  const tried = (i: number) => `try ${i} | ok | `;
  const failed = (what: string, i: number) =>
    `${what} | attempt ${i} fails | RangeError | RangeError`;
  assertEquals<unknown>(
    sorted(treeOf(spans, status)),
    sorted([
      [
        "job failures | ok | completed",
        [[
          "activation retried.fails | ok | ",
          [
            [failed("attempt retried.fails", 1), [tried(1)]],
            [failed("attempt retried.fails", 2), [tried(2)]],
            ["attempt retried.fails | ok | ", [tried(3)]],
          ],
        ]],
      ],
      [
        failed("job failures", 1),
        [[
          failed("activation failed.fails", 1),
          [[failed("attempt failed.fails", 1), [tried(1)]]],
        ]],
      ],
    ]),
  );
});

Deno.test("openTelemetry() ends spans of lost workers", async () => {
  const { spans } = await exported("crashes");
  const error = ({ name, attributes }: ExportedSpan) =>
    `${name} ${attributes["error.type"] ?? "ok"}`;
  assertEquals<unknown>(treeOf(spans, error), [[
    "job crashes ok",
    [[
      "activation flaky.closes ok",
      [
        ["attempt flaky.closes WorkerLostError", ["try 1 ok"]],
        ["attempt flaky.closes ok", ["try 2 ok"]],
      ],
    ]],
  ]]);
});

Deno.test("openTelemetry() obeys the sampler", async () => {
  const { spans, points } = await exported("jobs", { OTEL_TRACES_SAMPLER: "always_off" });
  assertEquals([spans.length, points.length > 0], [0, true]);
});

Deno.test("openTelemetry() reaches updates and listeners", async () => {
  const { spans } = await exported("called");
  assertEquals<unknown>(
    sorted(treeOf(spans)),
    sorted([
      ["job called", [once("caller.updates", "update")]],
      ["job called", [once("caller.stops", "stop")]],
    ]),
  );
});

Deno.test("openTelemetry() reaches process workers", async () => {
  const { spans } = await exported("processes");
  assertEquals<unknown>(
    sorted(treeOf(spans)),
    sorted([[
      "job names",
      [
        once("source.names"),
        once("slow.item", ["p outer", ["p inner"]], "p late"),
        once("quick.quick", "p quick"),
      ],
    ]]),
  );
});

Deno.test("openTelemetry() exports metrics", async () => {
  const { points } = await exported("metrics");
  const own = points.filter(({ metric }) => metric.startsWith("millrace."));
  const last = new Map(own.map(({ metric, unit, attributes, value, bounds = [] }) => {
    const labels = Object.entries(attributes).toSorted().map(([, label]) => label);
    return [[metric, ...labels].join(" "), [value, unit, ...bounds.slice(0, 2)]];
  }));
  for (
    const metric of ["millrace.queue metrics", "millrace.workers.busy", "millrace.workers.live"]
  ) {
    assert(last.delete(metric), metric);
  }
  assertEquals<unknown>(Object.fromEntries(last), {
    "millrace.activation.duration RangeError metrics retried fails": [2, "s", 0.001, 0.005],
    "millrace.activation.duration metrics retried fails": [1, "s", 0.001, 0.005],
    "millrace.activation.duration RangeError metrics failed fails": [1, "s", 0.001, 0.005],
    "millrace.activation.failures RangeError retried metrics retried fails": [2, "{attempt}"],
    "millrace.activation.failures RangeError failed metrics failed fails": [1, "{attempt}"],
    "millrace.jobs.ended metrics completed": [1, "{job}"],
    "millrace.jobs.ended metrics failed": [1, "{job}"],
    "millrace.jobs.ended metrics cancelled": [4, "{job}"],
  });
  // The program has waited for an export during which one handler waited, and three activations behind it.
  for (
    const [name, value, of] of [["queue", 3, "activation"], ["workers.busy", 1, "worker"], [
      "workers.live",
      1,
      "worker",
    ]]
  ) {
    const found = own.find((point) => point.metric === `millrace.${name}` && point.value === value);
    assertEquals(found?.unit, `{${of}}`, `${name}`);
  }
});

Deno.test("openTelemetry() exports the number of activations that wait for limits", async () => {
  const { points } = await exported("limits");
  const limited = points.filter(({ metric }) => metric === "millrace.limited");
  // One of three executes, and the others wait.
  assertEquals(new Set(limited.map(({ unit }) => unit)), new Set(["{activation}"]));
  assert(limited.some(({ value }) => value === 2));
  const without = await exported("metrics");
  assertEquals(without.points.filter(({ metric }) => metric === "millrace.limited"), []);
});

Deno.test("openTelemetry() survives a broken collector", async () => {
  const env = { OTEL_DENO: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" };
  const { code, stdout } = await runProgram(PROGRAM, ["printed"], env);
  assertEquals([code, stdout], [0, "completed 12\n"]);
});

Deno.test("openTelemetry() has no effect without an SDK", async () => {
  const { code, stdout, stderr } = await runProgram(PROGRAM, ["printed"], {});
  assertEquals([code, stdout, stderr], [0, "completed 12\n", ""]);
});

/** Sorts a tree by its texts, as the order of spans with equal times is arbitrary. */
function sorted(tree: unknown): unknown {
  if (!Array.isArray(tree)) return tree;
  const [name, below] = tree;
  if (tree.length === 2 && typeof name === "string" && Array.isArray(below)) {
    return [name, sorted(below)];
  }
  return tree.map(sorted).toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}

import { Flow, type FlowIssue } from "@millrace/flow";
import { FlowValidationError, ModuleLoadError, UnknownSlotError } from "@millrace/flow/errors";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { collector, countdown, emitter, relay } from "../routines/basics.ts";
import { notExported } from "../routines/not_exported.ts";
import { missing, notLoadable } from "../routines/not_loadable.ts";
import { displaced } from "../routines/unfindable.ts";
import { looseFlow } from "./loose_flow.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

/** A flow in which everything is wrong that can be wrong. */
function faulty() {
  return looseFlow({ id: "faulty", pool })
    .add("emitter", emitter)
    .add("sink", collector)
    .add("sink", collector)
    .add("with.dot", collector)
    .add("", collector)
    .add("number", 7)
    .add("hidden", notExported())
    .add("broken", notLoadable)
    .add("missing", missing)
    .add("displaced", displaced)
    .add("ping", relay)
    .add("pong", relay)
    .connect("ping.item", "pong.item")
    .connect("pong.item", "ping.item")
    .connect("emitter.item", "sink.item")
    .connect("emitter.item", "sink.item")
    .connect("emitter.nothing", "sink.item")
    .connect("emitter.item", "sink.nothing")
    .connect("nobody.item", "sink.item")
    .connect("emitter.item", "nobody.item")
    .connect("emitter", "sink");
}

/** The issues of the wiring alone. */
const WIRING = [
  "duplicate_id sink",
  "invalid_id with.dot",
  "invalid_id ",
  "not_a_routine number",
  "duplicate_connection emitter.item -> sink.item",
  "unknown_event emitter.nothing -> sink.item",
  "unknown_slot emitter.item -> sink.nothing",
  "unknown_routine nobody.item -> sink.item",
  "unknown_routine emitter.item -> nobody.item",
  "unknown_event emitter -> sink",
  "unknown_slot emitter -> sink",
];

Deno.test("Flow.validate() reports all issues with their places", async () => {
  await using flow = faulty();
  const found = placesOf(await flow.validate());
  const expected = [
    ...WIRING,
    "unreachable ping",
    "unreachable pong",
    "not_exported hidden",
    "not_loadable broken",
    "not_loadable missing",
    "not_exported displaced",
  ];
  for (const fault of expected) assert(found.includes(fault), `${fault} in ${found.join("\n")}`);
  assertEquals(found.filter((fault) => !expected.includes(fault)), []);
});

Deno.test("FlowIssue carries a message and a fix", async () => {
  await using flow = faulty();
  for (const { code, message, fix } of await flow.validate()) {
    assert(message.length > 0, `${code} has no message`);
    assert(fix.length > 0, `${code} has no fix`);
  }
});

Deno.test("FlowIssue.fix lists the alternatives", async () => {
  await using flow = faulty();
  const issues = await flow.validate();
  assertStringIncludes(fixOf(issues, "unknown_event"), "item, left, right");
  assertStringIncludes(fixOf(issues, "unknown_slot"), "item, left, right");
  assertStringIncludes(fixOf(issues, "unknown_routine"), "emitter, sink");
  assertStringIncludes(fixOf(issues, "not_exported"), "export const hidden = defineRoutine");
});

Deno.test("FlowIssue.message includes the error of a module", async () => {
  await using flow = faulty();
  const issues = await flow.validate();
  const broken = issues.find(({ place }) => place === "broken");
  assertStringIncludes(broken?.message ?? "", "no licence here; nor elsewhere");
  assertEquals(broken?.fix, "grant what it needs and make it load by itself");
  const absent = issues.find(({ place }) => place === "missing");
  assertStringIncludes(absent?.message ?? "", "no_such_file.ts");
});

Deno.test("ValidateOptions.entries clears the unreachable warning", async () => {
  await using flow = new Flow({ pool })
    .add("emitter", emitter)
    .add("sink", collector)
    .add("countdown", countdown)
    .connect("emitter.item", "sink.item")
    .connect("countdown.next", "countdown.from");
  assertEquals(placesOf(await flow.validate()), ["unreachable countdown"]);
  assertEquals(await flow.validate({ entries: ["countdown.from"] }), []);
});

Deno.test("an entry that does not exist is reported with the existing ones", async () => {
  await using flow = new Flow({ pool }).add("emitter", emitter).add("sink", collector);
  const entries = ["emitter.itmes", "sinc.item", "sink", "emitter.items"] as "emitter.items"[];
  const issues = await flow.validate({ entries });
  assertEquals(issues.map(({ code, severity, place }) => `${severity} ${code} at ${place}`), [
    "error unknown_slot at emitter.itmes",
    "error unknown_routine at sinc.item",
    "error unknown_slot at sink",
  ]);
  assertStringIncludes(issues[0]?.fix ?? "", "items");
  assertThrows(() => flow.start("emitter.itmes" as "emitter.items", []), UnknownSlotError);
});

Deno.test("Flow.validate() warns about an unreachable routine", async () => {
  await using flow = new Flow({ pool })
    .add("countdown", countdown)
    .add("sink", collector)
    .connect("countdown.next", "countdown.from");
  const issues = await flow.validate();
  assertEquals(issues.map(({ severity }) => severity), ["warning"]);
  assertEquals((await flow.execute("sink.item", 1)).status, "completed");
});

Deno.test("Flow.validate() works while jobs run", async () => {
  await using flow = new Flow({ pool }).add("sink", collector);
  const job = flow.start("sink.item", 1);
  assertEquals(await flow.validate(), []);
  await job.waitForCompletion();
  assertEquals(await flow.validate(), []);
});

for (const call of ["start", "execute"] as const) {
  for (const before of ["nothing", "pause", "resume", "events"] as const) {
    Deno.test(`FlowValidationError lists all issues (${call} after ${before})`, async () => {
      await using flow = faulty();
      if (before !== "nothing") refusedOrDone(() => flow[before]());
      const error = call === "execute"
        ? await assertRejects(() => flow.execute("emitter.items", []), FlowValidationError)
        : assertThrows(() => flow.start("emitter.items", []), FlowValidationError);
      assertEquals(placesOf(error.issues), WIRING);
      assertEquals(error.flowId, "faulty");
      for (const { place, message, fix } of error.issues) {
        assertStringIncludes(error.message, `${place}: ${message}; ${fix}`);
      }
      assertEquals(flow.jobs.size, 0);
    });
  }
}

Deno.test("Flow.preload() loads every routine of the flow", async () => {
  await using flow = new Flow({ maxWorkers: 2 }).add("sink", collector).add("relay", relay);
  await flow.preload();
  const jobs = await Promise.all([flow.execute("sink.item", 1), flow.execute("relay.item", 2)]);
  assertEquals(jobs.map(({ status }) => status), ["completed", "completed"]);
  await flow.preload();
});

Deno.test("Flow.preload() rejects with the error of a routine", async () => {
  await using flow = new Flow({ pool }).add("sink", collector).add("broken", notLoadable);
  const error = await assertRejects(() => flow.preload(), ModuleLoadError, "no licence here");
  assertEquals(error.routineId, "broken");
  assertInstanceOf(error.cause, RangeError);
});

/** Makes a call before a start, which may be refused for the same reason. */
function refusedOrDone(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    assertInstanceOf(error, FlowValidationError);
  }
}

function placesOf(issues: readonly FlowIssue[]): string[] {
  return issues.map(({ code, place }) => `${code} ${place}`);
}

function fixOf(issues: readonly FlowIssue[], code: FlowIssue["code"]): string {
  return issues.find((issue) => issue.code === code)?.fix ?? "";
}

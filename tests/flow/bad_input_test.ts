import { Flow, type JobState, type MillraceError } from "@millrace/flow";
import {
  ClosedError,
  DuplicateJobError,
  FlowStartedError,
  InvalidOptionError,
  ModuleLoadError,
  RoutineNotExportedError,
  UncloneableValueError,
  UnknownJobError,
  UnknownSlotError,
} from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { collector, emitter } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { notExported } from "../routines/not_exported.ts";
import { missing, notLoadable } from "../routines/not_loadable.ts";
import { type LooseFlow, looseFlow } from "./loose_flow.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

/** Gives a call bad input while a job runs, which has to end as if nothing had happened. */
async function undisturbed(
  call: (flow: LooseFlow, running: JobState) => void | Promise<void>,
): Promise<void> {
  await using flow = looseFlow({ id: "readings", pool })
    .add("gate", gate)
    .add("sink", collector)
    .connect("gate.done", "sink.left");
  const latches = newLatches();
  const running = flow.start("gate.hold", { latches }, { jobId: "running" });
  await reached(latches, ARRIVED);
  await call(flow, running);
  assertEquals([...flow.jobs.keys()], ["running"]);
  arrive(latches, RELEASED);
  await running.waitForCompletion();
  assertEquals(running.error, undefined);
  assertEquals([running.status, running.sharedData], ["completed", { left: { latches } }]);
  assertEquals((await flow.execute("sink.item", 1)).status, "completed");
}

/** A fault, the routine that has it, its error, and a part of the message. */
type Unloadable = [string, typeof missing, new (message: string) => MillraceError, string];

/** Checks that the message of an error has all parts: the place and the fix. */
function assertMentions(error: Error, ...parts: string[]): void {
  for (const part of parts) assertStringIncludes(error.message, part);
}

for (const entry of ["gate.nothing", "nobody.hold", "gate", "", "gate.done", "gate.hold."]) {
  Deno.test(`UnknownSlotError lists the slots for entry ${JSON.stringify(entry)}`, () =>
    undisturbed(async (flow) => {
      const started = assertThrows(() => flow.start(entry, 1), UnknownSlotError);
      const executed = await assertRejects(() => flow.execute(entry, 1), UnknownSlotError);
      for (const error of [started, executed]) {
        assertMentions(error, `"${entry}"`, "choose one of", "gate.hold", "sink.item");
        assertEquals([error.flowId, error.slot], ["readings", entry]);
      }
    }));
}

for (
  const [what, value, path] of [
    ["a function", { user: { greet: () => {} } }, "payload.user.greet"],
    ["a class instance", { list: [1, new (class Point {})()] }, "payload.list[1]"],
    ["a URL", new URL("https://example.com"), "payload"],
    ["an AbortSignal", { "not a name": new AbortController().signal }, 'payload["not a name"]'],
    ["a symbol", new Map([["key", Symbol("s")]]), "payload[key]"],
    ["a promise", { later: Promise.resolve() }, "payload.later"],
  ] as const
) {
  Deno.test(`UncloneableValueError names the path of ${what}`, () =>
    undisturbed(async (flow) => {
      const started = assertThrows(() => flow.start("sink.item", value), UncloneableValueError);
      const executed = await assertRejects(
        () => flow.execute("sink.item", value),
        UncloneableValueError,
      );
      for (const error of [started, executed]) {
        assertEquals([error.flowId, error.routineId, error.slot], ["readings", "sink", "item"]);
        assertEquals(error.path, path);
        assert(error.message.startsWith(`${path} is`), error.message);
        assert(error.message.includes(";"), "it says what to do instead");
      }
    }));
}

Deno.test("AddOptions.config refuses an uncloneable value", () => {
  const config = { unit: { parse: () => {} } };
  const flow = looseFlow({ pool });
  const error = assertThrows(() => flow.add("x", emitter, { config }), UncloneableValueError);
  assertEquals(error.path, 'config of "x".unit.parse');
});

for (
  const [what, routine, type, part] of <Unloadable[]> [
    ["does not load", notLoadable, ModuleLoadError, "no licence here"],
    ["is missing", missing, ModuleLoadError, "no_such_file.ts"],
    ["lacks the export", notExported(), RoutineNotExportedError, "export const bad ="],
  ]
) {
  Deno.test(`${type.name} reports a module that ${what}`, () =>
    undisturbed(async () => {
      await using flow = new Flow({ pool }).add("bad", routine);
      const errors = [
        await assertRejects(() => flow.preload(), type),
        await assertRejects(() => flow.execute("bad.item", 1), type),
        (await flow.start("bad.item", 1).waitForCompletion()).error,
        await assertRejects(() => pool.run(routine, "item", 1), type),
      ];
      for (const error of errors) {
        assertInstanceOf(error, type);
        assertMentions(error, part.replace("bad", error.routineId || "routine"));
      }
      const places = errors.map((error) => (error as MillraceError).routineId);
      assertEquals(places.slice(0, 3), ["bad", "bad", "bad"]);
    }));
}

for (const maxWorkers of [0, 1.5, NaN, -1, Infinity, "2"]) {
  Deno.test(`FlowOptions.maxWorkers refuses ${Deno.inspect(maxWorkers)}`, () =>
    undisturbed(() => {
      const options = { maxWorkers: maxWorkers as number };
      for (const make of [() => new Flow(options), () => new WorkerPool(options)]) {
        const error = assertThrows(make, InvalidOptionError);
        assertEquals(error.option, "maxWorkers");
        assertMentions(error, `maxWorkers is ${Deno.inspect(maxWorkers)}`, "give it an integer");
      }
    }));
}

for (
  const [option, make] of [
    ["id", () => new Flow({ id: "" })],
    ["executionStrategy", () => looseFlow({ executionStrategy: "parallel" })],
    ["idleTimeout", () => new WorkerPool({ idleTimeout: -1 })],
    ["grace", () => new WorkerPool({ grace: NaN })],
  ] as const
) {
  Deno.test(`InvalidOptionError names the bad option ${option}`, () => {
    const error = assertThrows(make, InvalidOptionError);
    assertEquals(error.option, option);
    assertMentions(error, `${option} is`, "give it");
  });
}

Deno.test("InvalidOptionError reports the place of an option", () =>
  undisturbed(async (flow) => {
    for (const option of ["maxWorkers", "maxCrashes", "highWaterMark", "maxQueued", "onError"]) {
      const error = assertThrows(() => looseFlow({ id: "f", [option]: -1 }), InvalidOptionError);
      assertEquals([error.option, error.flowId], [option, "f"]);
    }
    await using other = looseFlow({ id: "f", pool });
    const options = { runTimeout: -1 };
    const added = assertThrows(() => other.add("a", emitter, options), InvalidOptionError);
    assertEquals([added.flowId, added.routineId], ["f", "a"]);
    for (const [option, value] of [["jobId", ""], ["delay", -1], ["timeout", -1]] as const) {
      const start = () => flow.start("sink.item", 1, { [option]: value });
      const { flowId, routineId, slot } = assertThrows(start, InvalidOptionError);
      assertEquals([flowId, routineId, slot], ["readings", "sink", "item"]);
    }
  }));

Deno.test("Flow.job() hides a trimmed job of another flow", async () => {
  const store = new MemoryStore({ retention: { events: 1 } });
  await using writing = new Flow({ id: "writing", pool, store }).add("sink", collector);
  await writing.execute("sink.item", 1, { jobId: "theirs" });
  await using flow = new Flow({ id: "reading", pool, store }).add("sink", collector);
  assertEquals(flow.job("theirs"), undefined);
  assertThrows(() => flow.cancel("theirs"), UnknownJobError);
  const start = () => flow.start("sink.item", 1, { jobId: "theirs" });
  assertThrows(start, DuplicateJobError, 'flow "writing" already has');
});

Deno.test("DuplicateJobError reports a job id used twice", () =>
  undisturbed(async (flow) => {
    const options = { jobId: "running" };
    const started = assertThrows(() => flow.start("sink.item", 1, options), DuplicateJobError);
    const executed = await assertRejects(
      () => flow.execute("sink.item", 1, options),
      DuplicateJobError,
    );
    for (const error of [started, executed]) {
      assertMentions(error, '"running"', '"readings"', "choose another jobId");
      assertEquals([error.flowId, error.jobId], ["readings", "running"]);
    }
  }));

Deno.test("StartOptions.jobId refuses empty and non-string values", () =>
  undisturbed((flow) => {
    for (const jobId of ["", 7, null]) {
      const error = assertThrows(() => flow.start("sink.item", 1, { jobId }), InvalidOptionError);
      assertEquals(error.option, "jobId");
    }
  }));

Deno.test("FlowStartedError reports add() and connect() after start()", () =>
  undisturbed((flow) => {
    const added = assertThrows(() => flow.add("late", emitter), FlowStartedError);
    assertMentions(added, '"readings"', 'add "late"', "before the first start");
    const connected = assertThrows(
      () => flow.connect("gate.done", "sink.right"),
      FlowStartedError,
    );
    assertMentions(connected, '"gate.done"', '"sink.right"', "before the first start");
    assertEquals(connected.flowId, "readings");
  }));

Deno.test("FlowStartedError reports add() and connect() during execute()", async () => {
  await using flow = looseFlow({ pool }).add("emitter", emitter).add("sink", collector);
  const executed = flow.execute("emitter.items", [1]);
  assertThrows(() => flow.add("late", emitter), FlowStartedError);
  assertThrows(() => flow.connect("emitter.item", "sink.item"), FlowStartedError);
  assertEquals((await executed).sharedData, {});
});

for (const call of ["cancel", "pause", "resume"] as const) {
  Deno.test(`Flow.${call}() throws UnknownJobError for a foreign job`, () =>
    undisturbed(async (flow) => {
      await using other = looseFlow({ pool }).add("sink", collector);
      for (const job of ["nobody", other.start("sink.item", 1), ""]) {
        const error = assertThrows(() => flow[call](job), UnknownJobError);
        assertMentions(error, '"readings"', "flow.jobs");
      }
    }));
}

Deno.test("WaitOptions.timeout refuses negative values and NaN", () =>
  undisturbed(async (_, running) => {
    for (const timeout of [-1, NaN]) {
      const error = await assertRejects(
        () => running.waitForCompletion({ timeout }),
        InvalidOptionError,
      );
      assertEquals(error.option, "timeout");
    }
  }));

Deno.test("Flow.close() makes every later call throw ClosedError", () =>
  undisturbed(async () => {
    const flow = new Flow({ id: "closed", pool }).add("emitter", emitter).add("sink", collector);
    const job = await flow.execute("sink.item", 1);
    await flow.close();
    const calls: Record<string, () => unknown> = {
      add: () => flow.add("late", emitter),
      connect: () => flow.connect("emitter.item", "sink.item"),
      start: () => flow.start("sink.item", 1),
      pause: () => flow.pause(),
      resume: () => flow.resume(),
      cancel: () => flow.cancel(job),
      cancelActivation: () => flow.cancelActivation(job, "job/1"),
      signal: () => flow.signal(job, "go"),
      job: () => flow.job(job.jobId),
      events: () => flow.events(),
    };
    const errors = Object.values(calls).map((call) => assertThrows(call, ClosedError));
    const later: Record<string, () => Promise<unknown>> = {
      execute: () => flow.execute("sink.item", 1),
      validate: () => flow.validate(),
      preload: () => flow.preload(),
      whenCapacity: () => flow.whenCapacity(),
      recover: () => flow.recover(),
      rerun: () => flow.rerun(job, { from: `${job.jobId}/1` }),
      flush: () => flow.flush(),
    };
    for (const call of Object.values(later)) errors.push(await assertRejects(call, ClosedError));
    for (const error of errors) {
      assertMentions(error, 'flow "closed"', "make a new one");
      assertEquals(error.flowId, "closed");
    }
    assertEquals(job.status, "completed");
  }));

// What a routine throws arrives whole, whatever it is, and says where it happened.

import { Flow, MillraceError } from "@millrace/flow";
import { ClosedError, StoreError, ThrownValueError } from "@millrace/flow/errors";
import { registerError } from "@millrace/flow/routine";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import { BOUND, sharedPool } from "./pools.ts";
import { LimitError, thrower } from "./throwing.ts";

const pool = sharedPool(1);

type Whole = Error & Record<string, unknown>;

async function thrownIn(slot: keyof typeof thrower.slots, payload?: unknown): Promise<Whole> {
  await using flow = new Flow({ id: "errors", pool }).add("thrower", thrower);
  const entry = `thrower.${slot}` as const;
  const job = await flow.start(entry, payload, { jobId: "job_1" }).waitForCompletion(BOUND);
  assertEquals(job.status, "failed");
  assertStrictEquals(job.errors.length, 1);
  assertEquals(job.toJSON().error?.message, job.error?.message);
  return job.error as Whole;
}

Deno.test("an error has the name of its class, also if that is the base of others", () => {
  for (const Class of [MillraceError, StoreError, ClosedError]) {
    assertStrictEquals(new Class("it").name, Class.name);
  }
});

Deno.test("name, message, code and own fields arrive, of whatever class", async () => {
  const { name, message, code, limits } = await thrownIn("limit");
  assertEquals({ name, message, code, limits }, {
    name: "LimitError",
    message: "no more today",
    code: "E_LIMIT",
    limits: new Map([["perDay", 10]]),
  });
});

Deno.test("the chain of causes arrives, to its last, which need not be an error", async () => {
  const error = await thrownIn("chain");
  const causes: unknown[] = [];
  for (let at: unknown = error.cause; at !== undefined; at = (at as Error).cause) {
    causes.push(at instanceof Error ? `${at.name}: ${at.message}` : at);
  }
  assertEquals(causes, ["TypeError: second", "LimitError: third", { reason: "the last" }]);
});

Deno.test("the members of an AggregateError arrive whole", async () => {
  const error = await thrownIn("aggregate");
  assertInstanceOf(error, AggregateError);
  const [first, second, third] = error.errors as Whole[];
  assertEquals([first?.name, first?.code], ["LimitError", "E_LIMIT"]);
  assertInstanceOf(second, AggregateError);
  assertEquals((second.errors[0] as Error).message, "inner");
  assertInstanceOf(third, ThrownValueError);
  assertEquals(third.value, "a text");
});

Deno.test("the stack is the worker's, with the user's file and line first", async () => {
  for (const slot of ["limit", "deep", "rejects"] as const) {
    const frames = ((await thrownIn(slot)).stack ?? "").split("\n").filter((line) =>
      /^\s+at /.test(line)
    );
    assertMatch(frames[0] ?? "none", /tests\/failure\/throwing\.ts:\d+:\d+\)?$/);
  }
});

Deno.test("an error carries the flow, job, routine, slot, activation, attempt and worker", async () => {
  const { workerId, ...error } = await thrownIn("limit");
  const { flowId, jobId, routineId, slot, activationId, attempt } = error;
  assertEquals({ flowId, jobId, routineId, slot, activationId, attempt }, {
    flowId: "errors",
    jobId: "job_1",
    routineId: "thrower",
    slot: "limit",
    activationId: "job_1/1",
    attempt: 1,
  });
  assertMatch(String(workerId), /^w\d+$/);
});

for (const value of ["x", 0, null, undefined, { code: 7 }, [1n], new Map([[1, 2]])]) {
  Deno.test(`throw ${Deno.inspect(value)} is wrapped, and says what was thrown`, async () => {
    const error = await thrownIn("value", value);
    assertInstanceOf(error, ThrownValueError);
    assertInstanceOf(error, MillraceError);
    assertEquals(error.value, value);
    assertEquals([error.jobId, error.attempt], ["job_1", 1]);
  });
}

Deno.test("what is thrown and cannot be sent arrives as text", async () => {
  const error = await thrownIn("functionValue");
  assertInstanceOf(error, ThrownValueError);
  assertMatch(String(error.value), /=>|function/);
});

Deno.test("registerError gives the class back, with the fields, without calling its constructor", async () => {
  const before = await thrownIn("limit");
  assert(!(before instanceof LimitError));
  registerError(LimitError);
  const made = LimitError.made;
  const error = await thrownIn("limit");
  assertInstanceOf(error, LimitError);
  assertEquals([error.code, error.advice, LimitError.made], [
    "E_LIMIT",
    "come back tomorrow",
    made,
  ]);
});

Deno.test("each reading of job.error is a copy: changing it changes nothing", async () => {
  await using flow = new Flow({ pool }).add("thrower", thrower);
  const job = await flow.start("thrower.chain").waitForCompletion(BOUND);
  assertNotStrictEquals(job.error, job.error);
  Object.assign(job.error as Error, { message: "changed" });
  assertEquals(job.error?.message, "first");
});

// An error or another value that a routine throws arrives whole, and names the place of the failure.

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

Deno.test("MillraceError.name equals the class name", () => {
  for (const Class of [MillraceError, StoreError, ClosedError]) {
    assertStrictEquals(new Class("it").name, Class.name);
  }
});

Deno.test("JobState.error preserves the fields of any class", async () => {
  const { name, message, code, limits } = await thrownIn("limit");
  assertEquals({ name, message, code, limits }, {
    name: "LimitError",
    message: "no more today",
    code: "E_LIMIT",
    limits: new Map([["perDay", 10]]),
  });
});

Deno.test("JobState.error preserves the chain of causes", async () => {
  const error = await thrownIn("chain");
  const causes: unknown[] = [];
  for (let at: unknown = error.cause; at !== undefined; at = (at as Error).cause) {
    causes.push(at instanceof Error ? `${at.name}: ${at.message}` : at);
  }
  assertEquals(causes, ["TypeError: second", "LimitError: third", { reason: "the last" }]);
});

Deno.test("JobState.error preserves the members of AggregateError", async () => {
  const error = await thrownIn("aggregate");
  assertInstanceOf(error, AggregateError);
  const [first, second, third] = error.errors as Whole[];
  assertEquals([first?.name, first?.code], ["LimitError", "E_LIMIT"]);
  assertInstanceOf(second, AggregateError);
  assertEquals((second.errors[0] as Error).message, "inner");
  assertInstanceOf(third, ThrownValueError);
  assertEquals(third.value, "a text");
});

Deno.test("JobState.error begins its stack in user code", async () => {
  for (const slot of ["limit", "deep", "rejects"] as const) {
    const frames = ((await thrownIn(slot)).stack ?? "").split("\n").filter((line) =>
      /^\s+at /.test(line)
    );
    assertMatch(frames[0] ?? "none", /tests\/failure\/throwing\.ts:\d+:\d+\)?$/);
  }
});

Deno.test("JobState.error carries the place of the failure", async () => {
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
  Deno.test(`ThrownValueError wraps ${Deno.inspect(value)}`, async () => {
    const error = await thrownIn("value", value);
    assertInstanceOf(error, ThrownValueError);
    assertInstanceOf(error, MillraceError);
    assertEquals(error.value, value);
    assertEquals([error.jobId, error.attempt], ["job_1", 1]);
  });
}

Deno.test("ThrownValueError describes an uncloneable value", async () => {
  const error = await thrownIn("functionValue");
  assertInstanceOf(error, ThrownValueError);
  assertMatch(String(error.value), /=>|function/);
});

Deno.test("registerError() restores the class without its constructor", async () => {
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

Deno.test("JobState.error is a copy on each access", async () => {
  await using flow = new Flow({ pool }).add("thrower", thrower);
  const job = await flow.start("thrower.chain").waitForCompletion(BOUND);
  assertNotStrictEquals(job.error, job.error);
  Object.assign(job.error as Error, { message: "changed" });
  assertEquals(job.error?.message, "first");
});

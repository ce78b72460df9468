import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Job, LiveActivation } from "../../faces/events.ts";
import { withoutStack } from "../../src/errors/without_stack.ts";
import { activationTimedOut } from "../../src/flow/timeout_errors.ts";

Deno.test("withoutStack() makes errors without a trace", () => {
  const error = withoutStack(() => new RangeError("no"));
  assertEquals(error.stack, "RangeError: no");
  assertStringIncludes(new RangeError("no").stack ?? "", "without_stack_test");
});

Deno.test("activationTimedOut() returns an error without a trace", () => {
  const activation = { activationId: "j/1", routineId: "a", slot: "in", payload: 1 };
  const job = { jobId: "j", flowId: "f" } as Job;
  const live = { activation, attempt: 1 } as LiveActivation;
  const { name, stack = "" } = activationTimedOut(job, live, "queue", 50);
  assertEquals([name, stack.includes("\n")], ["ActivationTimeoutError", false]);
});

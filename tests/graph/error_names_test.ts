import { assertEquals, assertThrows } from "@std/assert";
import { registerError } from "../../src/data/serialized_error.ts";
import { InvalidOptionError } from "../../src/errors/call_errors.ts";
import { checkPolicy } from "./check_policy.ts";
import type { RoutinePolicy } from "../../src/graph/policy.ts";

/** Refuses a name in both places where a policy names errors, and gives the message of each. */
function refusals(name: unknown): string[] {
  const policies: Record<string, unknown> = {
    [`onErrorOf.${name}`]: { onErrorOf: { [String(name)]: "skip" } },
    "onError.retryable[0]": { onError: { strategy: "retry", retryable: [name] } },
  };
  return Object.entries(policies).map(([option, policy]) => {
    const check = () => checkPolicy(policy as RoutinePolicy);
    const error = assertThrows(check, InvalidOptionError, "", String(name));
    assertEquals(error.option, option);
    return error.message.slice(option.length);
  });
}

const MISTYPED = {
  ActivationTimeoutEror: "ActivationTimeoutError",
  ActivationTimeout: "ActivationTimeoutError",
  activationTimeoutError: "ActivationTimeoutError",
  WorkerLost: "WorkerLostError",
  SlotValidatonError: "SlotValidationError",
  SingalTimeoutError: "SignalTimeoutError",
  typeError: "TypeError",
  Rangeerror: "RangeError",
};

for (const [wrong, right] of Object.entries(MISTYPED)) {
  Deno.test(`checkErrorName() suggests ${right} for ${wrong}`, () => {
    const message = `: there is no error "${wrong}"; write "${right}"`;
    assertEquals(refusals(wrong), [message, message]);
  });
}

Deno.test("checkErrorName() refuses errors that fail no activation", () => {
  const refusal = (name: string, fix: string) => `: no activation fails with a ${name}; ${fix}`;
  const right = {
    JobTimeoutError: 'write "ActivationTimeoutError"',
    WaitTimeoutError: 'write "SignalTimeoutError"',
    JobCancelledError: "leave it out",
    ActivationCancelledError: "leave it out",
  };
  for (const [name, fix] of Object.entries(right)) {
    assertEquals(refusals(name), [refusal(name, fix), refusal(name, fix)]);
  }
});

Deno.test("checkErrorName() refuses a missing name", () => {
  assertEquals(refusals("").length, 2);
  const check = () =>
    checkPolicy({ onError: { strategy: "retry", retryable: [TypeError as never] } });
  assertThrows(check, InvalidOptionError, "retryable[0] is a function");
});

Deno.test("checkErrorName() accepts any error a routine throws", () => {
  const names = [
    ...["Error", "TypeError", "AbortError", "TimeoutError", "NotFound", "QueueFullError"],
    ...["RateLimit", "NetError", "BusyError", "Closed", "CloseError", "TypedError", "StoreError"],
    ...["ParseError", "toString", "constructor", "E_PAY", "Überlauf", "DOMException"],
  ];
  for (const name of names) {
    checkPolicy({ onErrorOf: { [name]: "skip" } });
    checkPolicy({ onError: { strategy: "retry", retryable: [name] } });
  }
});

Deno.test("registerError() permits a similar name", () => {
  class ActivationTimeoutsError extends Error {}
  assertEquals(refusals("ActivationTimeoutsError").length, 2);
  registerError(ActivationTimeoutsError);
  checkPolicy({ onErrorOf: { ActivationTimeoutsError: "skip" } });
});

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Check,
  checkAmount,
  checkCount,
  checkDuration,
  checkFields,
  checkFlag,
  checkFraction,
  checkFunction,
  checkId,
  checkLimit,
  checkList,
  checkMethod,
  checkOneOf,
  checkSignal,
  checkText,
  checkTexts,
  checkTime,
} from "../../src/data/option.ts";
import { InvalidOptionError } from "../../src/errors/call_errors.ts";

Deno.test("checkCount() accepts integers from 1", () => {
  for (const value of [1, 2, 1e6]) assertEquals(checkCount("maxWorkers", value), value);
  const wrong: unknown[] = [0, -1, 1.5, NaN, Infinity, 2 ** 53, "2", null, undefined, {}];
  for (const value of wrong) {
    const error = assertThrows(() => checkCount("maxWorkers", value as number), InvalidOptionError);
    assertEquals(error.option, "maxWorkers");
    assertStringIncludes(error.message, "maxWorkers is ");
    assertStringIncludes(error.message, "; give it an integer of at least 1");
  }
});

Deno.test("checkDuration() accepts milliseconds and Infinity", () => {
  for (const value of [0, 0.5, 1e9, Infinity]) assertEquals(checkDuration("timeout", value), value);
  for (const value of [-1, NaN, -Infinity, undefined]) {
    const error = assertThrows(() => checkDuration("timeout", value as number), InvalidOptionError);
    assertEquals(error.option, "timeout");
    assertStringIncludes(error.message, "milliseconds");
  }
});

Deno.test("checkCount() quotes a value of the wrong type", () => {
  const error = assertThrows(() => checkCount("maxWorkers", "2" as unknown as number));
  assertStringIncludes(String(error), 'maxWorkers is "2"');
});

Deno.test("checkLimit() accepts a count or Infinity", () => {
  for (const value of [1, 7, Infinity]) assertEquals(checkLimit("maxLost", value), value);
  for (const value of [0, -1, 1.5, NaN]) {
    assertThrows(() => checkLimit("maxLost", value), InvalidOptionError, "maxLost");
  }
});

Deno.test("checkFraction() accepts numbers from 0 to 1", () => {
  for (const value of [0, 0.5, 1]) assertEquals(checkFraction("jitter", value), value);
  for (const value of [-0.1, 1.1, NaN, Infinity]) {
    assertThrows(() => checkFraction("jitter", value), InvalidOptionError, "jitter");
  }
});

/** Values from files, forms and the environment in the place of a number. */
const NO_NUMBERS: readonly unknown[] = [
  "700",
  "",
  null,
  undefined,
  true,
  new Date(),
  [700],
  {},
  Object(700),
  700n,
  NaN,
  Symbol("700"),
  () => 700,
  { valueOf: () => 700 },
];

const NUMBERS: Readonly<Record<string, Check>> = {
  checkAmount,
  checkCount,
  checkDuration,
  checkFraction,
  checkLimit,
  checkTime,
};

for (const [name, check] of Object.entries(NUMBERS)) {
  Deno.test(`${name}() throws on values convertible to numbers`, () => {
    for (const value of NO_NUMBERS) {
      const error = assertThrows(() => check("given", value), InvalidOptionError);
      assertEquals(error.option, "given", Deno.inspect(value));
    }
  });
}

Deno.test("InvalidOptionError.message describes the refused value", () => {
  const shown = (value: unknown) =>
    assertThrows(() => checkDuration("delay", value), InvalidOptionError).message
      .replace("delay is ", "").replace("; give it milliseconds of at least 0, or Infinity", "");
  assertEquals(
    [new Date(), [700], Object(7), {}, null, 7n, () => {}, Symbol("s")].map(shown),
    [
      "an instance of Date",
      "an instance of Array",
      "an instance of Number",
      "an object",
      "null",
      "7",
      "a function",
      "Symbol(s)",
    ],
  );
  assertEquals(shown("x".repeat(1e6)).length, 103);
  assertEquals(shown("a\u001b[2J\u009b\n"), '"a\\u001b[2J\\u009b\\n"');
});

Deno.test("checkId() throws on control characters and lone surrogates", () => {
  for (const id of ["a", "job 1", "Ünï/cödé:1", "日本", "\u{1f600}"]) {
    assertEquals(checkId("id", id), id);
  }
  const wrong = [
    "",
    "a\0",
    "a\nb",
    "\u001b[31m",
    "\u007f",
    "\u009b1m",
    "\u2028",
    "\u202e",
    "\ud800",
    7,
    null,
  ];
  for (const id of wrong) {
    const { message } = assertThrows(() => checkId("id", id), InvalidOptionError);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/.test(message), false, message);
  }
});

Deno.test("checkSignal() accepts a signal of another class", () => {
  const signal = new AbortController().signal;
  assertEquals(checkSignal("signal", signal), signal);
  const methods = { addEventListener() {}, removeEventListener() {}, throwIfAborted() {} };
  const other = { aborted: false, ...methods };
  assertEquals(checkSignal("signal", other), other);
  for (const method of Object.keys(methods)) {
    const { [method as keyof typeof other]: _, ...rest } = other;
    assertThrows(() => checkSignal("signal", rest), InvalidOptionError, "give it an AbortSignal");
  }
});

Deno.test("Check throws on values of other types", () => {
  const CHECKS: readonly (readonly [Check, takes: unknown, ...refuses: unknown[]])[] = [
    [checkText, "", 5, null, Object("a")],
    [checkTexts, ["a"], "a", ["a", 5], null],
    [checkFlag, false, 0, "false", null],
    [checkFields, { a: 1 }, null, [1], 5, "a"],
    [checkList, [], {}, "ab", null, new Set()],
    [checkFunction, () => {}, {}, "f", null],
    [checkSignal, AbortSignal.abort(), new AbortController(), {}, null, true],
    [checkOneOf("a", "b"), "b", "c", "", null, ["a"]],
    [checkMethod("append", "a store"), { append() {} }, { append: 1 }, null, "append"],
  ];
  for (const [check, takes, ...refuses] of CHECKS) {
    assertEquals(check("given", takes), takes);
    for (const value of refuses) {
      const error = assertThrows(() => check("given", value), InvalidOptionError);
      assertEquals(error.option, "given", Deno.inspect(value));
    }
  }
});

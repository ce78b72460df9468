import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { checkCount, checkDuration, checkFraction, checkLimit } from "../../src/data/option.ts";
import { InvalidOptionError } from "../../src/errors/invalid_option_error.ts";

Deno.test("a count is a whole number of at least 1", () => {
  for (const value of [1, 2, 1e6]) assertEquals(checkCount("maxWorkers", value), value);
  const wrong: unknown[] = [0, -1, 1.5, NaN, Infinity, 2 ** 53, "2", null, undefined, {}];
  for (const value of wrong) {
    const error = assertThrows(() => checkCount("maxWorkers", value as number), InvalidOptionError);
    assertEquals(error.option, "maxWorkers");
    assertStringIncludes(error.message, "maxWorkers is ");
    assertStringIncludes(error.message, "; give it an integer of at least 1");
  }
});

Deno.test("a duration is milliseconds, for ever included", () => {
  for (const value of [0, 0.5, 1e9, Infinity]) assertEquals(checkDuration("timeout", value), value);
  for (const value of [-1, NaN, -Infinity, undefined]) {
    const error = assertThrows(() => checkDuration("timeout", value as number), InvalidOptionError);
    assertEquals(error.option, "timeout");
    assertStringIncludes(error.message, "milliseconds");
  }
});

Deno.test("a value of the wrong kind is shown as it would be written", () => {
  const error = assertThrows(() => checkCount("maxWorkers", "2" as unknown as number));
  assertStringIncludes(String(error), 'maxWorkers is "2"');
});

Deno.test("a limit is a count, or none", () => {
  for (const value of [1, 7, Infinity]) assertEquals(checkLimit("maxLost", value), value);
  for (const value of [0, -1, 1.5, NaN]) {
    assertThrows(() => checkLimit("maxLost", value), InvalidOptionError, "maxLost");
  }
});

Deno.test("a fraction is a number from 0 to 1", () => {
  for (const value of [0, 0.5, 1]) assertEquals(checkFraction("jitter", value), value);
  for (const value of [-0.1, 1.1, NaN, Infinity]) {
    assertThrows(() => checkFraction("jitter", value), InvalidOptionError, "jitter");
  }
});

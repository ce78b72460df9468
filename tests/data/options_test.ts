import { assertEquals, assertThrows } from "@std/assert";
import { editsBetween, nearest } from "../../src/data/nearest.ts";
import { checkCount, checkDuration, checkFlag, checkId } from "../../src/data/option.ts";
import { checkOptions } from "../../src/data/options.ts";
import { InvalidOptionError } from "../../src/errors/call_errors.ts";

interface Options {
  readonly jobId?: string;
  readonly timeout?: number;
  readonly maxRetries?: number;
  readonly isFast?: boolean;
}

const CHECKS = {
  jobId: checkId,
  timeout: checkDuration,
  maxRetries: checkCount,
  isFast: checkFlag,
};

function check(given: unknown, prefix?: string): Options {
  return checkOptions<Options>("the call", given as Options, CHECKS, prefix);
}

function refused(given: unknown, prefix?: string): InvalidOptionError {
  return assertThrows(() => check(given, prefix), InvalidOptionError);
}

Deno.test("checkOptions() returns the given options", () => {
  const given = { jobId: "a", timeout: Infinity, isFast: undefined };
  assertEquals(check(given), { jobId: "a", timeout: Infinity });
  assertEquals([check(undefined), check({})], [{}, {}]);
});

Deno.test("checkOptions() reads each option once", () => {
  let reads = 0;
  class Given {
    get timeout() {
      return reads++ === 0 ? 5 : "five";
    }
  }
  assertEquals([check(new Given()), reads], [{ timeout: 5 }, 1]);
});

Deno.test("checkOptions() refuses an instance without any option", () => {
  for (
    const given of [new Map([["timeout", 5]]), new Date(), new (class {})(), new Set(["timeout"])]
  ) {
    assertEquals(refused(given).option, "options of the call", Deno.inspect(given));
  }
  assertEquals(refused({ [Symbol("timeout")]: 5 }).option, "Symbol(timeout)");
  assertEquals(check(Object.create(null, { timeout: { value: 5 } })), { timeout: 5 });
});

Deno.test("checkOptions() names the option of the wrong type", () => {
  assertEquals(refused({ timeout: "5" }).option, "timeout");
  assertEquals(refused({ timeout: "5" }, "part.").option, "part.timeout");
  for (const given of [null, 5, "timeout", [], true]) {
    assertEquals(refused(given).option, "options of the call", Deno.inspect(given));
  }
});

Deno.test("checkOptions() suggests the nearest name", () => {
  const names = {
    jobID: "jobId",
    Timeout: "timeout",
    timeuot: "timeout",
    timeoutMs: "timeout",
    retries: "maxRetries",
    maxRetry: "maxRetries",
    fast: "isFast",
  };
  for (const [wrong, right] of Object.entries(names)) {
    const { option, message } = refused({ [wrong]: 1 });
    assertEquals([option, message], [
      wrong,
      `the call has no option "${wrong}"; write "${right}"`,
    ]);
  }
});

Deno.test("checkOptions() lists all names when none is near", () => {
  const { option, message } = refused({ colour: undefined });
  assertEquals(option, "colour");
  assertEquals(
    message,
    'the call has no option "colour"; its options are jobId, timeout, maxRetries, isFast',
  );
  // Those that every object has are options no more than others.
  for (const name of ["toString", "constructor"]) assertEquals(refused({ [name]: 1 }).option, name);
});

Deno.test("nearest() finds the correct name for a typo", () => {
  assertEquals(nearest("ouput", ["input", "output"]), "output");
  assertEquals(nearest("inptu", ["input", "output"]), "input");
  assertEquals(nearest("failed", ["input", "output"]), undefined);
  assertEquals(nearest("x", ["y"]), "y");
  assertEquals(nearest("x", []), undefined);
  assertEquals(nearest("x".repeat(1e6), ["y"]), undefined);
});

Deno.test("editsBetween() counts a swap as one edit", () => {
  const pairs = [["", "abc"], ["abc", "abc"], ["abc", "acb"], ["abc", "ac"], ["abc", "xbcd"]];
  assertEquals(pairs.map(([from = "", to = ""]) => editsBetween(from, to)), [3, 0, 1, 1, 2]);
});

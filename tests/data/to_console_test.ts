import { assertEquals, assertStringIncludes } from "@std/assert";
import { toConsole } from "../../src/data/to_console.ts";
import { written } from "./written.ts";

Deno.test("toConsole() escapes control characters", () => {
  const plain = new Error("plain\nin two lines", { cause: new TypeError("cause") });
  assertEquals(written(() => toConsole(plain)), [plain]);
  const evil = new Error("a\u001b[2Jb", { cause: new Error("\u009b8m") });
  const [text] = written(() => toConsole(evil));
  assertStringIncludes(String(text), "a\\u001b[2Jb");
  assertStringIncludes(String(text), "\\u009b8m");
  // deno-lint-ignore no-control-regex
  assertEquals(/[\u001b\u009b]/.test(String(text)), false);
});

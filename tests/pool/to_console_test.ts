import { assertEquals, assertStringIncludes } from "@std/assert";
import { toConsole } from "../../src/pool/to_console.ts";

/** Returns the values written to the console. */
function written(error: Error): unknown[] {
  const { error: write } = console;
  const written: unknown[] = [];
  console.error = (...values: unknown[]) => void written.push(...values);
  try {
    toConsole(error);
  } finally {
    console.error = write;
  }
  return written;
}

Deno.test("toConsole() escapes control characters", () => {
  const plain = new Error("plain\nin two lines", { cause: new TypeError("cause") });
  assertEquals(written(plain), [plain]);
  const evil = new Error("a\u001b[2Jb", { cause: new Error("\u009b8m") });
  const [text] = written(evil);
  assertStringIncludes(String(text), "a\\u001b[2Jb");
  assertStringIncludes(String(text), "\\u009b8m");
  // deno-lint-ignore no-control-regex
  assertEquals(/[\u001b\u009b]/.test(String(text)), false);
});

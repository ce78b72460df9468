// Workers import the module of a routine. That may be the main module, which they then run.

import { assertEquals, assertMatch } from "@std/assert";
import { isLoading, noteLoading, setExecutingProbe } from "../../src/routine/loading.ts";
import { runDeno } from "../run_deno.ts";

const PROGRAM = new URL("../routines/self_starting_program.ts", import.meta.url);

for (const how of ["start", "execute", "validate", "run"]) {
  Deno.test(`Flow reports an unguarded main module once (${how})`, async () => {
    const { code, stdout, stderr } = await runDeno(PROGRAM, [how]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /does not load in a worker: .+ behind `if \(import\.meta\.main\)`, or /);
    assertEquals(stdout.split("\n").length, 2, "it is told once");
  });

  Deno.test(`Flow runs a guarded main module (${how})`, async () => {
    const { code, stdout, stderr } = await runDeno(PROGRAM, [how, "guarded"]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^(undefined||\[object Object\])\n$/);
  });
}

Deno.test("isLoading() is false while a handler executes", () => {
  {
    using _ = noteLoading();
    assertEquals(isLoading(), true);
    setExecutingProbe(() => true);
    assertEquals(isLoading(), false);
    setExecutingProbe(() => false);
    assertEquals(isLoading(), true);
  }
  assertEquals(isLoading(), false);
});

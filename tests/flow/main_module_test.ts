// Workers import the module of a routine. That may be the main module, which they then run.

import { assertEquals, assertMatch } from "@std/assert";
import { isLoading, noteLoading, setExecutingProbe } from "../../src/routine/loading.ts";
import { runDeno } from "../run_deno.ts";

const PROGRAM = new URL("../routines/self_starting_program.ts", import.meta.url);

for (const how of ["start", "execute", "validate", "run"]) {
  Deno.test(`a main module that starts its flow in every worker is told what to do (${how})`, async () => {
    const { code, stdout, stderr } = await runDeno(PROGRAM, [how]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /does not load in a worker: .+ behind `if \(import\.meta\.main\)`, or /);
    assertEquals(stdout.split("\n").length, 2, "it is told once");
  });

  Deno.test(`a main module that starts its flow if it is the main one runs (${how})`, async () => {
    const { code, stdout, stderr } = await runDeno(PROGRAM, [how, "guarded"]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^(undefined||\[object Object\])\n$/);
  });
}

Deno.test("what a handler does while a module is loaded is its own doing", () => {
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

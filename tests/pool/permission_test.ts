import { assertEquals, assertStringIncludes } from "@std/assert";
import { runDeno } from "../run_deno.ts";

const PROGRAM = new URL("../routines/unpermitted_program.ts", import.meta.url);

for (const call of ["start", "execute", "preload", "validate", "run"]) {
  Deno.test(`WorkerStartError reports a missing permission once (${call})`, async () => {
    const { code, stdout, stderr } = await runDeno(PROGRAM, [call], []);
    assertEquals(code, 0, stderr);
    if (call !== "validate") assertStringIncludes(stdout, "WorkerStartError");
    assertEquals(stdout.split("did not start").length, 2, "it is told once");
    for (const part of ["did not start", "--allow-read", "workers/worker.ts"]) {
      assertStringIncludes(stdout, part);
    }
  });
}

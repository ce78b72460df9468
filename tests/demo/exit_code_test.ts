import { assertEquals } from "@std/assert";
import { exitCodeOf } from "../../examples/concurrent_demo/exit_code.ts";

Deno.test("the exit code tells of failed jobs, and of Ctrl-C before them", () => {
  assertEquals(exitCodeOf({ failed: 0 }, false), 0);
  assertEquals(exitCodeOf({ failed: 1 }, false), 1);
  assertEquals(exitCodeOf({ failed: 1 }, true), 130);
});

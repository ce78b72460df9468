import { assertEquals } from "@std/assert";
import { exitCodeOf } from "../../examples/concurrent_demo/options.ts";

Deno.test("exitCodeOf() ranks SIGINT above failed jobs", () => {
  assertEquals(exitCodeOf({ failed: 0 }, false), 0);
  assertEquals(exitCodeOf({ failed: 1 }, false), 1);
  assertEquals(exitCodeOf({ failed: 1 }, true), 130);
});

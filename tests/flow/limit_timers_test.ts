import { assertEquals } from "@std/assert";
import { LimitTimers } from "../../src/flow/limit_timers.ts";

Deno.test("LimitTimers.close() clears all timers", async () => {
  const fired: string[] = [];
  const timers = new LimitTimers({
    backpressure: { parked() {} },
    wake: () => fired.push("woken"),
  });
  const set = (name: string) => {
    const at = timers.now() + 1;
    timers.wakeAt(at, () => fired.push(name));
    timers.sweepAt(at, () => fired.push(name));
  };
  set("before");
  timers.close();
  // What leaves a limit while its flow ends sets no timer.
  set("after");
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(fired, []);
});

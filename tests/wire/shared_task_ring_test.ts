import { assertEquals } from "@std/assert";
import { QUEUED, SharedTaskRing } from "../../src/wire/shared_task_ring.ts";

Deno.test("SharedTaskRing.goOn() needs the permission of the host, which can withdraw it", () => {
  const ring = new SharedTaskRing(2);
  ring.queue(1, 7, 0, 3, 0, true);
  ring.start(1, QUEUED, 10);
  assertEquals([ring.mayGoOn(1), ring.stageOf(1)], [true, 0]);
  assertEquals([ring.goOn(1, 8, 2, 11), ring.stageOf(1), ring.mayGoOn(1)], [true, 1, true]);
  assertEquals(
    [ring.binding(1), ring.slot(1), ring.attempt(1), ring.startedAt(1)],
    [8, 2, 1, 11],
  );
  ring.forbid(1);
  assertEquals([ring.mayGoOn(1), ring.goOn(1, 9, 0, 12), ring.stageOf(1)], [false, false, 1]);
  assertEquals([ring.binding(1), ring.startedAt(1)], [8, 11]);
});

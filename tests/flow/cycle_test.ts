import { Flow } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { countdown } from "../routines/basics.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("Flow.connect() supports a routine connected to itself", async () => {
  await using flow = new Flow({ pool })
    .add("countdown", countdown)
    .connect("countdown.next", "countdown.from");
  const job = await flow.execute("countdown.from", 20);
  assertEquals(job.status, "completed");
  assertEquals(job.counts.completed, 21);
});

Deno.test("Flow.connect() supports a cycle through two routines", async () => {
  await using flow = new Flow({ pool })
    .add("ping", countdown)
    .add("pong", countdown)
    .connect("ping.next", "pong.from")
    .connect("pong.next", "ping.from");
  const job = await flow.execute("ping.from", 9);
  assertEquals(job.status, "completed");
  const players = job.spans.map(({ routineId }) => routineId);
  assertEquals(players, Array.from({ length: 10 }, (_, i) => i % 2 === 0 ? "ping" : "pong"));
});

Deno.test("Flow.connect() supports a cycle that branches", async () => {
  await using flow = new Flow({ pool })
    .add("countdown", countdown, { config: { width: 2 } })
    .connect("countdown.next", "countdown.from");
  const job = await flow.execute("countdown.from", 5);
  assertEquals(job.status, "completed");
  assertEquals(job.counts.completed, 2 ** 6 - 1);
});

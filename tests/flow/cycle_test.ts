import { Flow } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { countdown } from "../routines/basics.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("a routine connected to itself runs until it emits no more", async () => {
  await using flow = new Flow({ pool })
    .add("countdown", countdown)
    .connect("countdown.next", "countdown.from");
  const job = await flow.execute("countdown.from", 20);
  assertEquals(job.status, "completed");
  assertEquals(job.counts.completed, 21);
});

Deno.test("a cycle through two routines ends with the countdown", async () => {
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

Deno.test("a cycle that branches ends when every branch has", async () => {
  await using flow = new Flow({ pool })
    .add("countdown", countdown, { config: { width: 2 } })
    .connect("countdown.next", "countdown.from");
  const job = await flow.execute("countdown.from", 5);
  assertEquals(job.status, "completed");
  assertEquals(job.counts.completed, 2 ** 6 - 1);
});

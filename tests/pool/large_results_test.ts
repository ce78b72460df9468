import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { keeper, sink } from "./routines.ts";
import { threadsWith } from "./thread_channel.ts";

const pool = sharedPool(1);
const BYTES = new Uint8Array(90_000).fill(7);

Deno.test("RoutineContext.emit() leaves large bytes with the handler", async () => {
  for (let i = 0; i < 3; i++) {
    const { emits } = await pool.run(keeper, "ask");
    const [one, other, size] = emits.map(({ payload }) => payload) as [
      Uint8Array,
      Uint8Array,
      number,
    ];
    assertEquals([one, other, size], [BYTES, BYTES, 100_000]);
    assertEquals([one.byteOffset, one.buffer.byteLength], [8, 100_000]);
    one[0] = 1;
    assertEquals(other[0], 7);
  }
});

Deno.test("RoutineContext.emit() sends large bytes over a channel", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, startWorker: threadsWith() });
  const { emits } = await pool.run(keeper, "ask");
  assertEquals(emits.map(({ payload }) => payload), [BYTES, BYTES, 100_000]);
});

Deno.test("RoutineContext.emit() sends large bytes to several receivers", async () => {
  await using flow = new Flow({ pool }).add("keeper", keeper).add("sink", sink).add("other", sink)
    .connect("keeper.bytes", "sink.bytes").connect("keeper.bytes", "other.bytes");
  const job = await flow.execute("keeper.ask");
  assertEquals(job.sharedLog.map(({ data }) => data), Array(4).fill([90_000, 7]));
});

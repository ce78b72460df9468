import { Flow } from "@millrace/flow";
import { UncloneableValueError } from "@millrace/flow/errors";
import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { digger, sounder } from "../routines/basics.ts";
import { thrower } from "../routines/errors.ts";
import { looseFlow } from "./loose_flow.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

function nested(depth: number): object {
  let value = {};
  for (let i = 0; i < depth; i++) value = { inner: value };
  return value;
}

Deno.test("ERROR_EVENT delivers a payload nested 500 deep", async () => {
  await using flow = looseFlow({ pool })
    .add("thrower", thrower, { onError: "continue" })
    .add("one", sounder)
    .add("other", sounder)
    .connect("thrower.$error", "one.value")
    .connect("thrower.$error", "other.value");
  const job = await flow.execute("thrower.value", nested(500));
  assertEquals([job.status, job.sharedData], ["completed", { one: 501, other: 501 }]);
  JSON.stringify(job);
});

Deno.test("Flow.start() refuses a payload nested too deep", async () => {
  await using flow = new Flow({ pool }).add("sounder", sounder);
  assertThrows(() => flow.start("sounder.value", nested(3_000)), UncloneableValueError);
  assertEquals(flow.jobs.size, 0);
});

Deno.test("UncloneableValueError reports a deep payload without checkPayloads", async () => {
  await using flow = new Flow({ pool, checkPayloads: false })
    .add("digger", digger)
    .add("sounder", sounder)
    .connect("digger.value", "sounder.value");
  const [deep, other] = await Promise.all([
    flow.execute("digger.depth", 2_500),
    flow.execute("sounder.value", nested(3)),
  ]);
  assertEquals([deep.status, other.status], ["failed", "completed"]);
  assertInstanceOf(deep.error, UncloneableValueError);
});

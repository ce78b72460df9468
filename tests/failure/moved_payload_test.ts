import { Flow } from "@millrace/flow";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { porter } from "../routines/ports.ts";
import { BOUND, sharedPool } from "./pools.ts";

const pool = sharedPool(1);

Deno.test("TransferOptions.transfer refuses ports to retried routines", async () => {
  await using flow = new Flow({ pool })
    .add("first", porter)
    .add("second", porter, { onError: { strategy: "retry", maxRetries: 1, delay: 0 } })
    .connect("first.port", "second.port");
  const { port1, port2 } = new MessageChannel();
  const job = flow.start("first.port", { port: port2 }, { transfer: [port2] });
  await job.waitForCompletion(BOUND);
  port1.close();
  assertEquals([job.status, job.error?.name], ["failed", "UncloneableValueError"]);
  assertStringIncludes(job.error?.message ?? "", "needs a routine without retries");
});

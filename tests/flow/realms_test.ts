import { Flow } from "@millrace/flow";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { bearer, keeper, scripted, untidy } from "../routines/realms.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

for (const checkPayloads of [true, false]) {
  Deno.test(`Flow.execute() carries modules and keys (checkPayloads: ${checkPayloads})`, async () => {
    await using flow = new Flow({ pool, checkPayloads })
      .add("bearer", bearer)
      .add("keeper", keeper)
      .connect("bearer.item", "keeper.item");
    const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, [
      "encrypt",
    ]);
    const job = await flow.execute("bearer.item", { module, key });
    assertEquals([job.status, job.error], ["completed", undefined]);
    const item = job.sharedData.item as { module: WebAssembly.Module; key: CryptoKey };
    assertInstanceOf(new WebAssembly.Instance(item.module), WebAssembly.Instance);
    const [sent, back] = await Promise.all(
      [key, item.key].map((one) => crypto.subtle.exportKey("jwk", one)),
    );
    assertEquals(back, sent);
  });
}

function scripts() {
  return new Flow({ pool })
    .add("scripted", scripted, { onErrorOf: { TypeError: "skip" } })
    .add("keeper", keeper)
    .connect("scripted.item", "keeper.item");
}

Deno.test("Flow.execute() carries values of another realm", async () => {
  await using flow = scripts();
  const job = await flow.execute("scripted.script", "({ a: [1, new Map([[2, new Date(3)]])] })");
  assertEquals(job.sharedData.item, { a: [1, new Map([[2, new Date(3)]])] });
});

Deno.test("RoutinePolicy.onErrorOf matches errors of another realm", async () => {
  await using flow = scripts();
  const skipped = await flow.execute("scripted.script", "throw new TypeError('no')");
  assertEquals(skipped.status, "completed");
  const failed = await flow.execute("scripted.script", "throw new RangeError('no')");
  assertInstanceOf(failed.error, RangeError);
  assertEquals([failed.status, failed.error.message], ["failed", "no"]);
});

Deno.test("JobState.error carries a SuppressedError", async () => {
  await using flow = new Flow({ pool }).add("untidy", untidy);
  const job = await flow.execute("untidy.go", "E_REAL");
  assertInstanceOf(job.error, SuppressedError);
  assertInstanceOf(job.error.error, TypeError);
  assertInstanceOf(job.error.suppressed, RangeError);
  assertEquals((job.error.suppressed as RangeError & { code?: string }).code, "E_REAL");
  const report = JSON.stringify(job.toJSON());
  assert(report.includes("the real trouble") && report.includes("close failed"), report);
});

import { Flow } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { collector, emitter } from "../routines/basics.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

/** Returns a payload as it arrives over a connection with this map. */
async function mapped(payload: unknown, map: Record<string, string>): Promise<unknown> {
  await using flow = new Flow({ pool })
    .add("emitter", emitter)
    .add("sink", collector)
    .connect("emitter.item", "sink.left", { map })
    .connect("emitter.item", "sink.right");
  const { sharedData } = await flow.execute("emitter.items", [payload]);
  assertEquals(sharedData.right, payload, "a connection without a map is not touched");
  return sharedData.left;
}

Deno.test("ConnectOptions.map renames fields and leaves the others", async () => {
  assertEquals(
    await mapped({ value: 1, unit: "m" }, { value: "reading" }),
    { reading: 1, unit: "m" },
  );
});

Deno.test("ConnectOptions.map swaps two fields", async () => {
  assertEquals(await mapped({ a: 1, b: 2 }, { a: "b", b: "a" }), { b: 1, a: 2 });
});

Deno.test("ConnectOptions.map applies to each connection separately", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 })
    .add("emitter", emitter)
    .add("sink", collector)
    .connect("emitter.item", "sink.item")
    .connect("emitter.item", "sink.item", { map: { a: "b" } });
  const { sharedData } = await flow.execute("emitter.items", [{ a: 1 }]);
  assertEquals(sharedData, { sink: [{ a: 1 }, { b: 1 }] });
});

Deno.test("ConnectOptions.map ignores nested fields", async () => {
  assertEquals(await mapped({ a: { a: 1 } }, { a: "b" }), { b: { a: 1 } });
});

Deno.test("ConnectOptions.map ignores fields that are absent", async () => {
  assertEquals(await mapped({ a: 1 }, { toString: "x" }), { a: 1 });
});

for (const payload of ["text", 7, null, undefined]) {
  Deno.test(`ConnectOptions.map leaves ${JSON.stringify(payload)} unchanged`, async () => {
    assertEquals(await mapped(payload, { length: "size" }), payload);
  });
}

for (
  const payload of [
    [1, 2],
    new Map([["a", 1]]),
    new Set(["a"]),
    new Date(0),
    new Uint8Array([1, 2]),
    JSON.parse('{ "__proto__": 1, "a": 2 }'),
  ]
) {
  Deno.test(`ConnectOptions.map preserves ${Deno.inspect(payload)}`, async () => {
    assertEquals(await mapped(payload, { z: "y" }), payload);
  });
}

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { callTraced, loadTraceModule, type RunInTrace } from "../../src/worker/traced_call.ts";
import { written } from "../data/written.ts";

const fails = (): never => {
  throw new RangeError("the routine fails");
};

/** Ways in which the module of a tracing can call a routine, and if each is reported. */
const WAYS: Readonly<Record<string, { readonly run: RunInTrace; readonly isReported: boolean }>> = {
  calls: { run: (_, call) => call(), isReported: false },
  "calls twice": { run: (_, call) => (call(), call()), isReported: false },
  "never calls": { run: () => {}, isReported: false },
  "calls later": { run: (_, call) => queueMicrotask(call), isReported: false },
  "throws before": { run: () => fails(), isReported: true },
  "throws after": { run: (_, call) => (call(), fails()), isReported: true },
};

for (const [way, { run, isReported }] of Object.entries(WAYS)) {
  Deno.test(`callTraced() calls once if the module ${way}`, async () => {
    let calls = 0;
    const said = written(() => {
      assertEquals(callTraced(run, "00-a-b-01", () => ++calls), 1);
      assertThrows(() => callTraced(run, "00-a-b-01", fails), RangeError, "the routine fails");
    });
    await Promise.resolve();
    assertEquals([calls, said.length], [1, isReported ? 2 : 0]);
  });
}

Deno.test("callTraced() reports the failure of an async module apart from the routine", async () => {
  const { error: write } = console;
  const said = Promise.withResolvers<unknown>();
  console.error = said.resolve;
  try {
    const run = async (_: string, call: () => void) => {
      call();
      await Promise.resolve();
      fails();
    };
    assertEquals(callTraced(run, "00-a-b-01", () => 7), 7);
    // Unhandled, it would be taken for one that the routine left running.
    assertEquals(String(await said.promise), "RangeError: the routine fails");
  } finally {
    console.error = write;
  }
});

Deno.test("callTraced() returns the promise of the routine", async () => {
  const run: RunInTrace = (_, call) => call();
  assertEquals(await callTraced(run, "", () => Promise.resolve(7)), 7);
  await assertRejects(() => callTraced(run, "", () => Promise.reject(new TypeError("late"))));
});

Deno.test("callTraced() passes the traceparent", () => {
  const seen: string[] = [];
  callTraced((traceparent, call) => (seen.push(traceparent), call()), "00-a-b-01", () => {});
  assertEquals(seen, ["00-a-b-01"]);
});

Deno.test("loadTraceModule() reports unusable modules once", async () => {
  const { error: write } = console;
  const said: string[] = [];
  console.error = (thrown: Error) => void said.push(thrown.message);
  try {
    for (
      const module of ["data:text/javascript,export default 1", "data:text/javascript,throw 1"]
    ) {
      assertEquals(await loadTraceModule(module, 10_000), undefined);
      assertEquals(await loadTraceModule(module, 10_000), undefined);
    }
  } finally {
    console.error = write;
  }
  assertEquals(said.length, 2);
});

// Faults of the wiring and of payloads at run time.

import { Flow } from "@millrace/flow";
import {
  FlowValidationError,
  InvalidOptionError,
  SlotValidationError,
  UncloneableValueError,
} from "@millrace/flow/errors";
import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { BOUND, sharedPool } from "./pools.ts";
import { flaky, keeper } from "./routines.ts";
import { forger, strict } from "./refusing.ts";

const pool = sharedPool(1);

Deno.test("JobCounts.unrouted excludes an unconnected $error", async () => {
  await using flow = new Flow({ pool, onError: "continue" }).add("flaky", flaky);
  const job = await flow.start("flaky.item", { fails: 1 }).waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.unrouted, job.counts.failed], ["completed", 0, 1]);
});

Deno.test("SlotValidationError follows the receiving routine's policy", async () => {
  const expected = [
    ["stop", "failed", []],
    ["continue", "completed", []],
    ["skip", "completed", ["strict"]],
  ] as const;
  for (const [onError, status, skipped] of expected) {
    await using flow = new Flow({ pool })
      .add("forger", forger, { onError: onError === "stop" ? "continue" : "stop" })
      .add("strict", strict, { onError })
      .connect("forger.forged", "strict.age");
    const job = await flow.start("forger.age", "old").waitForCompletion(BOUND);
    assertEquals([job.status, job.skipped, job.counts.completed], [status, [...skipped], 1]);
    const [error] = job.errors;
    assertInstanceOf(error, SlotValidationError);
    assertEquals([error.routineId, error.slot], ["strict", "age"]);
    assertEquals(error.issues, [{ path: "years", message: "is not a number" }]);
  }
});

Deno.test("FailedPayload contains the refused payload", async () => {
  await using flow = new Flow({ pool })
    .add("forger", forger)
    .add("strict", strict)
    .add("quarantine", keeper)
    .connect("forger.forged", "strict.age")
    .connect("strict.$error", "quarantine.item");
  const job = await flow.start("forger.age", "old").waitForCompletion(BOUND);
  assertEquals(job.status, "completed");
  const [{ payload, slot, error }] = job.sharedData.kept as [
    { payload: unknown; slot: string; error: { name: string } },
  ];
  assertEquals([payload, slot, error.name], [{ years: "old" }, "age", "SlotValidationError"]);
});

Deno.test("FailedPayload contains moved buffers as empty", async () => {
  for (const receivers of [1, 2]) {
    await using flow = new Flow({ pool })
      .add("flaky", flaky)
      .add("one", keeper)
      .add("other", keeper)
      .connect("flaky.$error", "one.item");
    if (receivers === 2) flow.connect("flaky.$error", "other.item");
    const moved = { fails: 1, bytes: new Uint8Array(8) };
    const job = await flow.start("flaky.item", moved, { transfer: [moved.bytes.buffer] })
      .waitForCompletion(BOUND);
    assertEquals([job.status, job.counts.completed], ["completed", receivers]);
    for (const { payload } of job.sharedData.kept as { payload: unknown }[]) {
      assertEquals(payload, { fails: 1, bytes: new Uint8Array(0) });
    }
  }
});

Deno.test("UncloneableValueError names the path of the field", async () => {
  await using flow = new Flow({ pool }).add("forger", forger);
  for (
    const [slot, path] of [["url", 'payload of "forged".site.url'], [
      "data",
      "sharedData.kept.at.url",
    ]] as const
  ) {
    const job = await flow.start(`forger.${slot}`).waitForCompletion(BOUND);
    assertInstanceOf(job.error, UncloneableValueError);
    assertEquals([job.error.path, job.sharedData, job.counts.unrouted], [path, {}, 0]);
  }
});

Deno.test("FlowOptions.checkPayloads false permits a lossy payload", async () => {
  await using flow = new Flow({ pool, checkPayloads: false })
    .add("forger", forger)
    .add("keeper", keeper)
    .connect("forger.forged", "keeper.item");
  const job = await flow.start("forger.url").waitForCompletion(BOUND);
  assertEquals([job.status, job.sharedData.kept], ["completed", [{ site: { url: {} } }]]);
});

Deno.test("FlowOptions.checkPayloads false permits lossy fan-out", async () => {
  await using flow = new Flow({ pool, checkPayloads: false })
    .add("forger", forger)
    .add("one", keeper)
    .add("other", keeper)
    .connect("forger.forged", "one.item")
    .connect("forger.forged", "other.item");
  const job = await flow.start("forger.exception").waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.completed], ["completed", 3]);
});

Deno.test("UncloneableValueError fails the emitter of an uncopyable payload", async () => {
  await using flow = new Flow({ pool })
    .add("forger", forger, { onError: "skip" })
    .add("one", keeper)
    .add("other", keeper)
    .connect("forger.forged", "one.item")
    .connect("forger.forged", "other.item");
  for (const flush of [false, true]) {
    const job = await flow.start("forger.port", { flush }).waitForCompletion(BOUND);
    assertEquals([job.status, job.skipped, job.counts.known], ["completed", ["forger"], 1]);
    assertEquals(job.sharedData, {});
    const [error] = job.errors;
    assertInstanceOf(error, UncloneableValueError);
    assertEquals([error.path, error.routineId], ['payload of "forged"', "forger"]);
  }
});

Deno.test("FlowOptions.checkPayloads false still fails unsendable payloads", async () => {
  await using flow = new Flow({ pool, checkPayloads: false }).add("forger", forger).add(
    "keeper",
    keeper,
  );
  const [job, other] = [flow.start("forger.callback"), flow.start("keeper.item", 1)];
  await Promise.all([job, other].map((job) => job.waitForCompletion(BOUND)));
  assertEquals([job.status, other.status], ["failed", "completed"]);
});

Deno.test("FlowOptions.onError refuses a fallback that cannot be sent", () => {
  const fallback = { event: "done", payload: { callback: () => {} } };
  let refused: unknown;
  try {
    new Flow({ onError: { strategy: "skip", fallback } });
  } catch (error) {
    refused = error;
  }
  assertInstanceOf(refused, UncloneableValueError);
});

Deno.test("SkipStrategy.fallback is a copy", async () => {
  const payload = { fails: 1, list: [1] };
  await using flow = new Flow({ pool })
    .add("flaky", flaky, {
      onError: { strategy: "skip", fallback: { event: "next", payload } },
    })
    .add("keeper", keeper)
    .connect("flaky.next", "keeper.item");
  payload.list.push(2);
  const job = await flow.start("flaky.item", { fails: 1 }).waitForCompletion(BOUND);
  assertEquals(job.sharedData.kept, [{ fails: 1, list: [1] }]);
});

Deno.test("Flow.add() refuses a fallback on unknown events", () => {
  const fallback = (event: string) => ({ event, payload: 1 }) as never;
  const refused = (event: string) =>
    assertThrows(
      () =>
        new Flow({ id: "f" }).add("flaky", flaky, {
          onErrorOf: { TypeError: { strategy: "skip", fallback: fallback(event) } },
        }),
      InvalidOptionError,
    );
  assertStringIncludes(refused("doen").message, 'give it "done", which is an event of "flaky"');
  assertStringIncludes(refused("result").message, 'give it an event of "flaky": done, next');
  assertEquals(refused("$error").option, "fallback.event");
});

Deno.test("Flow.validate() reports a fallback on unknown events", async () => {
  const onError = { strategy: "skip", fallback: { event: "nxet", payload: 1 } } as const;
  await using flow = new Flow({ id: "f", pool, onError }).add("keeper", keeper).add("flaky", flaky);
  const [issue] = (await flow.validate()).filter(({ severity }) => severity === "error");
  assertEquals([issue?.code, issue?.place, issue?.fix], [
    "unknown_event",
    'flow "f"',
    'write "next"',
  ]);
  assertThrows(() => flow.start("keeper.item", 1), FlowValidationError, '"nxet"');
  const some = { strategy: "skip", fallback: { event: "next", payload: { fails: 0 } } } as const;
  await using sound = new Flow({ pool, onError: some }).add("keeper", keeper).add("flaky", flaky);
  assertEquals((await sound.execute("keeper.item", 1)).status, "completed");
});

// The spans of activations: without the time in the queue, around the times that handlers measure, and
// each with the timestamp of its own stage.

import { Flow } from "@millrace/flow";
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { gatherer, slow, source, stage } from "../routines/stages.ts";

const pool = sharedPool();

Deno.test("JobState.spans exclude the time in the queue", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 }).add("slow", slow);
  const [first, second] = [newLatches(), newLatches()];
  arrive(second, RELEASED);
  const before = flow.start("slow.work", { latches: first });
  const waiting = flow.start("slow.work", { latches: second });
  await reached(first, ARRIVED);
  arrive(first, RELEASED);
  await Promise.all([before.waitForCompletion(), waiting.waitForCompletion()]);

  const [earlier] = before.spans;
  const [later] = waiting.spans;
  assert(earlier !== undefined && later !== undefined);
  assertLessOrEqual(waiting.createdAt, earlier.endedAt, "it waited while the other was executed");
  assertGreaterOrEqual(later.startedAt, earlier.endedAt);
  for (const { executionHistory, spans: [span] } of [before, waiting]) {
    const at = (event: string) => executionHistory.find((one) => one.event === event)?.timestamp;
    assertEquals([at("started"), at("completed")], [span?.startedAt, span?.endedAt]);
    assertLessOrEqual(at("queued") ?? NaN, at("started") ?? NaN);
  }
});

Deno.test("JobState.spans enclose the times the handler measures", async () => {
  await using flow = new Flow({ pool }).add("slow", slow);
  const latches = newLatches();
  arrive(latches, RELEASED);
  const { spans: [span], sharedData } = await flow.execute("slow.work", { latches });
  const worked = sharedData.worked as { from: number; to: number };
  assert(span !== undefined);
  const times = [span.startedAt, worked.from, worked.to, span.endedAt];
  assertEquals(times, times.toSorted((a, b) => a - b));
});

Deno.test("JobState.spans enclose the timestamp of each stage", async () => {
  const ids = ["source", "processor", "validator", "aggregator"];
  await using flow = new Flow({ pool })
    .add("source", source)
    .add("processor", stage)
    .add("validator", stage)
    .add("aggregator", stage)
    .add("reporter", gatherer)
    .connect("source.output", "processor.input")
    .connect("processor.output", "validator.input")
    .connect("validator.output", "aggregator.input")
    .connect("aggregator.output", "reporter.input");
  const { sharedData, spans } = await flow.execute("source.trigger", { name: "readings" });
  const stamps = ids.map((id) => (sharedData[id] as { at: number }).at);
  for (const [i, id] of ids.entries()) {
    const span = spans.find(({ routineId }) => routineId === id);
    assert(span !== undefined);
    assertGreaterOrEqual(stamps[i] ?? NaN, span.startedAt);
    assertLessOrEqual(stamps[i] ?? NaN, span.endedAt);
  }
  const [report] = sharedData.gathered as { marks: number[] }[];
  assertEquals(report?.marks, stamps);
});

import { assertEquals, assertThrows } from "@std/assert";
import { Flow } from "@millrace/flow";
import { FlowValidationError } from "@millrace/flow/errors";
import { sink, source } from "./graphs.ts";

/** A flow that was not type-checked, and is wrong in two places. */
function faulty() {
  return new Flow({ id: "faulty" })
    .add("source", source)
    .add("sink", sink)
    .connect("source.outputs" as "source.output", "sink.input")
    .connect("source.output", "sink.inputs" as "sink.input");
}

function assertRefused(flow: ReturnType<typeof faulty>): void {
  const error = assertThrows(() => flow.start("source.trigger"), FlowValidationError);
  assertEquals(error.issues.map(({ code, place }) => `${code} at ${place}`), [
    "unknown_event at source.outputs -> sink.input",
    "unknown_slot at source.output -> sink.inputs",
  ]);
  assertEquals(flow.jobs.size, 0);
}

Deno.test("Flow.start() refuses a faulty flow with all issues", async () => {
  await using flow = faulty();
  assertRefused(flow);
});

Deno.test("Flow.start() refuses a faulty flow with listeners", async () => {
  await using flow = faulty();
  const events = flow.events();
  assertRefused(flow);
  await events.return?.();
});

Deno.test("Flow.start() refuses a paused faulty flow", async () => {
  await using flow = faulty();
  flow.pause();
  assertRefused(flow);
});

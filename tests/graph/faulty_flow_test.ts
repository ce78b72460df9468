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

Deno.test("a flow with faults does not start, and tells all of them", async () => {
  await using flow = faulty();
  assertRefused(flow);
});

Deno.test("a flow with faults does not start though somebody listens to it already", async () => {
  await using flow = faulty();
  const events = flow.events();
  assertRefused(flow);
  await events.return?.();
});

Deno.test("a flow with faults does not start though it was paused before", async () => {
  await using flow = faulty();
  flow.pause();
  assertRefused(flow);
});

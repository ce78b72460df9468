// The cost of a job's details, which the thread of the flow pays.

import { assert, assertEquals } from "@std/assert";
import { Flow, type JobWait } from "@millrace/flow";
import { MemoryStore } from "@millrace/flow/store";
import { jobDetail, valueAt } from "../../src/dashboard/job_detail.ts";
import { wholeText } from "../../src/dashboard/shown_value.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { flowSource } from "../../src/run/flow_source.ts";
import type { RunSource } from "../../src/run/run_source.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { emitter } from "../routines/basics.ts";
import { shown } from "./shown_routines.ts";

const pool = sharedPool();

/** A flow whose jobs have any number of activations, which are queued at once, and all but the first fail. */
function failing() {
  const store = new MemoryStore({ retention: { events: Infinity } });
  return new Flow({ id: "failing", pool, store })
    .add("emitter", emitter)
    .add("shown", shown, { onError: "continue" })
    .connect("emitter.item", "shown.fails");
}

Deno.test("jobDetail() reads only the last events of a long job", async () => {
  await using flow = failing();
  const job = await flow.execute("emitter.items", Array.from({ length: 12_000 }, (_, i) => i));
  const source = flowSource(flow);
  const reads: [number, number][] = [];
  const counted: RunSource = {
    ...source,
    eventsOf(jobId, after = 0): readonly JobEvent[] {
      const events = source.eventsOf(jobId, after);
      reads.push([after, events.length]);
      return events;
    },
  };
  const { counts, trace, omitted, failedPayloads, history, row } = await jobDetail(counted, job);
  assert(counts.events > 20_000, `${counts.events} events`);
  assertEquals(reads, [[counts.events - 20_000, 20_000]]);
  assertEquals(omitted + trace.activations.length, counts.known);
  assertEquals([trace.createdAt, trace.isPartial], [job.createdAt, false]);
  assertEquals([row.failed, row.completed], [12_000, 1]);

  // These payloads were emitted before, and are read only when they are asked for.
  const [{ activationId, value }] = failedPayloads.slice(-1) as [typeof failedPayloads[0]];
  assertEquals(value.text, "(emitted earlier)");
  const failure = trace.activations.find((one) => one.activationId === activationId)!;
  const [payload] = valueAt(source, job, JSON.parse(value.more!))!;
  assertEquals(failure.error?.message, String(payload));

  const record = history.findLast(({ data }) => data?.more !== undefined)!;
  const [data] = valueAt(source, job, JSON.parse(record.data!.more!))!;
  assert((await wholeText(data)).startsWith(record.data!.text));
});

Deno.test("jobDetail() does not derive the course of a job from an event with very many activations", async () => {
  await using flow = failing();
  flow.pause();
  const job = flow.start("emitter.items", Array.from({ length: 30_000 }, () => 0));
  const stopped = new Promise<void>((resolve) => {
    const events = flow.events({ jobId: job.jobId });
    void (async () => {
      for await (const { type } of events) if (type === "activation_completed") break;
      resolve();
    })();
  });
  flow.resume();
  await stopped;
  flow.pause();
  const { trace, counts, omitted } = await jobDetail(flowSource(flow), job);
  assert(trace.activations.length <= 5_000);
  assertEquals(omitted + trace.activations.length, counts.known);
  flow.cancel(job.jobId);
});

Deno.test("jobDetail() copies no values", async () => {
  await using flow = failing();
  const job = await flow.execute("shown.value", { list: [1, 2, 3] });
  const copies: string[] = [];
  for (const name of ["sharedData", "sharedLog", "routineStates", "executionHistory"]) {
    const { get } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(job), name)!;
    Object.defineProperty(job, name, {
      get(): unknown {
        copies.push(name);
        return get!.call(job);
      },
    });
  }
  const { sharedData, log, routineStates } = await jobDetail(flowSource(flow), job);
  assertEquals(sharedData[0]?.value.text, "{\n  list: [ 1, 2, 3 ]\n}");
  assertEquals([log.length, routineStates.length, copies], [1, 1, []]);
  assertEquals(valueAt(flowSource(flow), job, ["data", "value"]), [{ list: [1, 2, 3] }]);
  assertEquals(copies, []);
});

Deno.test("jobDetail() lets the flow go on while it works", async () => {
  await using flow = failing();
  const value = Array.from({ length: 400 }, (_, i) => ({ i }));
  const job = await flow.execute("shown.value", value);
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await jobDetail(flowSource(flow), job);
  clearInterval(timer);
  assert(turns > 0);
});

Deno.test("jobDetail() shows the busiest waits of a job", async () => {
  await using flow = failing();
  const job = await flow.execute("emitter.items", []);
  const waits: JobWait[] = [
    { reason: "worker", routineId: "shown", count: 9 },
    { reason: "time", routineId: "shown", count: 1, until: 5 },
    ...Array.from({ length: 60 }, (_, i): JobWait => {
      return { reason: "rate", routineId: "shown", count: 2, key: `${i}` };
    }),
  ];
  const waiting = new Proxy(job, {
    get: (target, name) => name === "waits" ? waits : Reflect.get(target, name),
  });
  const source = flowSource(flow);
  const own = await jobDetail(source, waiting);
  assertEquals([own.waits.length, own.omittedWaits, own.waits[0]?.reason], [50, 12, "worker"]);
  const recorded = await jobDetail({ ...source, flow: undefined }, waiting);
  assertEquals(recorded.waits.filter(({ reason }) => reason === "worker"), []);
  assertEquals(recorded.omittedWaits, 11);
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Flow, type JobState } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import fc from "fast-check";
import type { Job, LiveActivation } from "../../src/engine/job.ts";
import {
  ActivationSource,
  type SourceHost,
  type SourceParts,
} from "../../src/flow/activation_source.ts";
import type { TaskHost } from "../../src/flow/activation_task.ts";
import type { FlowParts } from "../../src/flow/flow_parts.ts";
import { StepControl } from "../../src/flow/step_control.ts";
import { collector, emitter, relay } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { workerRuns } from "../laws/runs.ts";
import { sharedPool } from "./shared_pool.ts";
import { within } from "./within.ts";

const pool = sharedPool();

/** Three routines in a row: the first emits each item of a list. */
function chain(maxWorkers = 2) {
  return new Flow({ pool, maxWorkers })
    .add("emitter", emitter)
    .add("relay", relay)
    .add("gate", gate)
    .add("sink", collector)
    .connect("emitter.item", "relay.item")
    .connect("relay.item", "sink.item");
}

type Chain = ReturnType<typeof chain>;

Deno.test("Stepping.setBreakpoint() stops a job before an activation of the routine", async () => {
  await using flow = chain();
  flow.stepping.setBreakpoint("sink");
  const job = flow.start("emitter.items", ["a"]);
  await stoppedAt(flow, job, "sink");
  assertEquals([job.status, job.counts.completed, job.counts.queued], ["running", 2, 1]);
  assert(flow.stepping.step(job));
  await within(job.waitForCompletion());
  assertEquals([job.status, flow.stepping.stopped], ["completed", []]);
});

Deno.test("Stepping.step() lets one activation of any routine begin", async () => {
  await using flow = chain();
  flow.stepping.setBreakpoint("emitter");
  const job = flow.start("emitter.items", ["a", "b"]);
  const order: string[] = [];
  for (const routineId of ["emitter", "relay", "sink", "relay", "sink"]) {
    // The activation of the last step may not have begun yet.
    await stoppedAt(flow, job, routineId, order.length);
    assertEquals(job.counts.completed, order.length);
    order.push(routineId);
    assert(flow.stepping.step(job.jobId));
  }
  await within(job.waitForCompletion());
  const started = job.executionHistory.filter(({ event }) => event === "started");
  assertEquals(started.map(({ routineId }) => routineId), order);
});

Deno.test("Stepping.continue() lets a job go on to the next breakpoint", async () => {
  await using flow = chain();
  flow.stepping.setBreakpoint("emitter");
  flow.stepping.setBreakpoint("sink");
  const job = flow.start("emitter.items", ["a", "b"]);
  await stoppedAt(flow, job, "emitter");
  for (const completed of [2, 4]) {
    assert(flow.stepping.continue(job));
    await stoppedAt(flow, job, "sink", completed);
  }
  assert(flow.stepping.continue(job));
  await within(job.waitForCompletion());
});

Deno.test("Stepping.setBreakpoint() applies to each job, and stops only those at the routine", async () => {
  await using flow = chain();
  flow.stepping.setBreakpoint("relay");
  const stopped = ["a", "b"].map((item) => flow.start("emitter.items", [item]));
  const other = await within(flow.execute("sink.item", "c"));
  assertEquals(other.status, "completed");
  for (const job of stopped) await stoppedAt(flow, job, "relay");
  flow.stepping.setBreakpoint("relay", false);
  assertEquals(flow.stepping.breakpoints, new Set());
  assertEquals(flow.stepping.stopped.length, 2);
  for (const job of stopped) flow.stepping.continue(job);
  await within(Promise.all(stopped.map((job) => job.waitForCompletion())));
});

Deno.test("Stepping.setBreakpoint() stops activations that wait at a worker", async () => {
  await using flow = chain(1);
  const latches = newLatches();
  const blocker = flow.start("gate.hold", { latches });
  await reached(latches, ARRIVED);
  const job = flow.start("sink.item", 1);
  await flow.flush();
  flow.stepping.setBreakpoint("sink");
  arrive(latches, RELEASED);
  await within(blocker.waitForCompletion());
  await stoppedAt(flow, job, "sink");
  flow.stepping.step(job);
  await within(job.waitForCompletion());
});

Deno.test("Flow.cancel() ends a job that is stopped", async () => {
  await using flow = chain();
  flow.stepping.setBreakpoint("relay");
  const job = flow.start("emitter.items", ["a"]);
  await stoppedAt(flow, job, "relay");
  flow.cancel(job);
  await within(job.waitForCompletion());
  assertEquals([job.status, flow.stepping.stopped], ["cancelled", []]);
});

Deno.test("Flow.cancelActivation() makes a stopped job stop at the next activation", async () => {
  await using flow = chain();
  flow.stepping.setBreakpoint("relay");
  const job = flow.start("emitter.items", ["a", "b"]);
  const { activationId } = await stoppedAt(flow, job, "relay");
  flow.cancelActivation(job, activationId);
  await within((async () => {
    while (
      flow.stepping.stopped[0]?.activationId === activationId || flow.stepping.stopped.length === 0
    ) {
      await nextTurn();
    }
  })());
  flow.stepping.continue(job);
  await within(job.waitForCompletion());
  assertEquals([job.status, job.counts.cancelled, job.counts.completed], ["completed", 1, 3]);
});

Deno.test("Stepping.step() and Stepping.continue() return false for a job that is not stopped", async () => {
  await using flow = chain();
  const job = await flow.execute("sink.item", 1);
  assertEquals([flow.stepping.step(job), flow.stepping.continue("absent")], [false, false]);
});

Deno.test("Stepping.step() waits for an activation that has to wait for others first", () => {
  const steps = new StepControl("flow", new Map([["r", undefined]]));
  const held: string[] = [];
  steps.host = { hold: (jobId) => void held.push(jobId), wake() {}, revokeUnbegun() {} };
  steps.setBreakpoint("r");
  const job = { jobId: "job" } as Job;
  const live = {
    activation: { activationId: "job/1", routineId: "r", slot: "s" },
  } as LiveActivation;
  // Such as one that may have ended the process before, which is executed alone.
  let isAlone = false;
  const slots = { s: {} };
  const source = new ActivationSource(
    { isHalted: false } as SourceHost,
    { locksOf() {} } as unknown as TaskHost,
    {
      steps,
      bindings: new Map([["r", { routine: { slots }, routineId: "r" }]]),
      rules: { policies: new Map() },
      store: { isDurable: true },
    } as unknown as FlowParts,
    {
      engine: { take: () => steps.isStopped("job") ? undefined : { job, live }, giveBack() {} },
      board: { size: 1, add() {} },
      interruptions: { take() {} },
      suspects: { mayBegin: () => isAlone, begun() {} },
      trace: undefined,
    } as unknown as SourceParts,
  );
  for (const goOn of ["step", "continue"] as const) {
    isAlone = false;
    assertEquals(source.take(), undefined);
    assert(steps.isStopped("job"));
    assert(steps[goOn]("job"));
    assertEquals([source.take(), steps.stopped], [undefined, []]);
    isAlone = true;
    assertEquals(source.take()?.activationId, "job/1");
    // The next one stops, after a step or at the breakpoint.
    assertEquals(source.take(), undefined);
    assertEquals(steps.stopped.length, 1);
    steps.continue("job");
    source.take();
  }
});

Deno.test("Stepping.setBreakpoint() refuses a routine that the flow does not have", async () => {
  await using flow = chain();
  const error = assertThrows(() => flow.stepping.setBreakpoint("sinc"), InvalidOptionError);
  assert(error.message.includes('"sink"'));
});

Deno.test("Stepping changes nothing in the outcome of a job", async () => {
  const actions = fc.infiniteStream(fc.constantFrom("step", "continue", "toggle"));
  const items = fc.array(fc.nat(9), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      items,
      fc.infiniteStream(fc.nat(3)),
      actions,
      async (items, picks, actions) => {
        await using flow = chain();
        const ids = ["emitter", "relay", "gate", "sink"];
        for (const id of ids) flow.stepping.setBreakpoint(id, (picks.next().value ?? 0) > 1);
        const jobs = [0, 1].map(() => flow.start("emitter.items", items));
        const end = Promise.all(jobs.map((job) => job.waitForCompletion()));
        let isOver = false;
        void end.then(() => isOver = true);
        await within((async () => {
          while (!isOver) {
            for (const { jobId } of flow.stepping.stopped) {
              const action = actions.next().value;
              const id = ids[picks.next().value ?? 0] as string;
              if (action === "toggle") {
                flow.stepping.setBreakpoint(id, !flow.stepping.breakpoints.has(id));
              } else if (action === "step") {
                flow.stepping.step(jobId);
              } else flow.stepping.continue(jobId);
            }
            await nextTurn();
          }
        })());
        for (const job of jobs) {
          assertEquals([job.status, job.counts.completed], ["completed", 1 + items.length * 2]);
        }
        assertEquals(flow.stepping.stopped, []);
      },
    ),
    workerRuns(10),
  );
});

/** Waits until a job is stopped at a routine, and nothing of it executes. */
function stoppedAt(flow: Chain, job: JobState, routineId: string, completed = 0) {
  return within((async () => {
    for (;;) {
      const stop = flow.stepping.stopped.find(({ jobId }) => jobId === job.jobId);
      const { executing, completed: done } = job.counts;
      if (stop?.routineId === routineId && executing === 0 && done >= completed) return stop;
      await nextTurn();
    }
  })());
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

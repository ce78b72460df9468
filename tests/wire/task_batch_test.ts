import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  addTask,
  batchOf as batchOfOne,
  committedAt,
  configAt,
  firstPlace,
  fullId,
  hasTaskAt,
  idAt,
  introduce,
  introducedBy,
  jobIdAt,
  newBatch,
  nextPlace,
  numberAt,
  type Place,
  takePayload,
  type TaskBatch,
  traceparentAt,
} from "../../src/wire/task_batch.ts";
import type { BindingMessage } from "../../src/wire/messages.ts";
import { numbersIn } from "./numbers_in.ts";

const CONFIG = { factor: 2 };

const task = fc.record({
  number: fc.nat(),
  jobId: fc.constantFrom<string>("a", "b"),
  activationId: fc.string(),
  payload: fc.oneof(fc.integer(), fc.constant(undefined)),
  committed: fc.option(fc.nat(), { nil: undefined }),
  traceparent: fc.option(fc.string(), { nil: undefined }),
  config: fc.constantFrom(undefined, CONFIG, { factor: 3 }),
});

/** The parts that most tasks do not have. */
const none = { committed: undefined, traceparent: undefined, config: undefined };

type Sent = typeof task extends fc.Arbitrary<infer T> ? T : never;

Deno.test("addTask() adds the tasks that the batch returns in their order", () => {
  fc.assert(fc.property(fc.array(task), (tasks) => {
    const batch = batchOf(tasks);
    assertEquals(numbersIn(batch), tasks.map(({ number }) => number));
    assertEquals(takeAll(batch), tasks);
    assertEquals(introducedBy(batch), undefined);
  }));
});

Deno.test("fullId() makes the id of a run from its number", () => {
  assertEquals([fullId(7), fullId("a/1")], ["run/7", "a/1"]);
});

Deno.test("addTask() sends the one job of all once", () => {
  const of = (jobId: string) => ({ number: 1, jobId, activationId: "1", payload: 7 });
  const batch = (...jobIds: string[]) => {
    const tasks = jobIds.map((jobId) => ({ ...of(jobId), ...none }));
    return batchOf(tasks)[0];
  };
  assertEquals([batch("a"), batch("a", "a")], ["a", "a"]);
  assertEquals([batch("a", "b"), batch("a", "a", "b", "a")], [["a", "b"], ["a", "a", "b", "a"]]);
});

Deno.test("addTask() sends the one config of all once", () => {
  const of = { number: 1, jobId: "", activationId: "1", payload: 7, ...none };
  const batch = (...configs: Sent["config"][]) => {
    return batchOf(configs.map((config) => ({ ...of, config })))[2];
  };
  const other = { factor: 2 };
  assertStrictEquals(batch(CONFIG), CONFIG);
  assertStrictEquals(batch(CONFIG, CONFIG), CONFIG);
  assertEquals(batch(undefined, CONFIG, CONFIG), [undefined, CONFIG, CONFIG]);
  assertEquals(batch(CONFIG, CONFIG, undefined), [CONFIG, CONFIG, undefined]);
  assertEquals(batch(CONFIG, other), [CONFIG, other]);
});

Deno.test("batchOf() returns each task of a batch by itself", () => {
  fc.assert(fc.property(fc.array(task), (tasks) => {
    const batch = batchOf(tasks);
    let place = firstPlace();
    for (const task of tasks) {
      assertEquals(takeAll(batchOfOne(batch, place)), [task]);
      place = nextPlace(place);
    }
  }));
});

Deno.test("introduce() adds each binding once", () => {
  const batch = newBatch();
  const [one, other] = [{ number: 1 }, { number: 2 }] as [BindingMessage, BindingMessage];
  for (const binding of [one, other, one]) introduce(batch, binding);
  assertEquals(introducedBy(batch), [one, other]);
});

Deno.test("takePayload() removes the payload from the batch", () => {
  const sent = { number: 1, jobId: "a", activationId: "a/1", payload: 7, ...none };
  const batch = batchOf([sent]);
  assertEquals(taken(batch, firstPlace()), sent);
  assertEquals(takePayload(batch, firstPlace()), undefined);
});

function batchOf(tasks: readonly Sent[]): TaskBatch {
  const batch = newBatch();
  for (const { number, jobId, activationId, payload, committed, traceparent, config } of tasks) {
    addTask(batch, number, jobId, activationId, payload, committed, traceparent, config);
  }
  return batch;
}

function taken(batch: TaskBatch, place: Place): Sent {
  return {
    number: numberAt(batch, place),
    jobId: jobIdAt(batch, place),
    activationId: fullId(idAt(batch, place)),
    payload: takePayload(batch, place) as number | undefined,
    committed: committedAt(batch, place) as number | undefined,
    traceparent: traceparentAt(batch, place),
    config: configAt(batch, place) as Sent["config"],
  };
}

function takeAll(batch: TaskBatch): Sent[] {
  const tasks: Sent[] = [];
  for (let place = firstPlace(); hasTaskAt(batch, place); place = nextPlace(place)) {
    tasks.push(taken(batch, place));
  }
  return tasks;
}

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  encodeTasks,
  firstPlace,
  hasTaskAt,
  introducedBy,
  nextPlace,
  numberAt,
  type SentTask,
  takeTask,
  type TaskBatch,
} from "../../src/wire/task_batch.ts";
import { numbersIn } from "./numbers_in.ts";

const task: fc.Arbitrary<SentTask> = fc.record({
  number: fc.nat(),
  jobId: fc.constantFrom("a", "b"),
  activationId: fc.string(),
  payload: fc.oneof(fc.integer(), fc.constant(undefined)),
  committed: fc.option(fc.nat(), { nil: undefined }),
});

Deno.test("takeTask() returns the tasks that encodeTasks() was given in their order", () => {
  fc.assert(fc.property(fc.array(task), (tasks) => {
    const batch = encodeTasks(tasks, undefined);
    assertEquals(numbersIn(batch), tasks.map(({ number }) => number));
    assertEquals(takeAll(batch), tasks);
    assertEquals(introducedBy(batch), undefined);
  }));
});

Deno.test("takeTask() lets go of the payload", () => {
  const sent = { number: 1, jobId: "a", activationId: "a/1", payload: 7, committed: undefined };
  const batch = encodeTasks([sent], []);
  assertEquals(takeTask(batch, firstPlace()), sent);
  assertEquals(takeTask(batch, firstPlace()).payload, undefined);
});

function takeAll(batch: TaskBatch): SentTask[] {
  const tasks: SentTask[] = [];
  for (let place = firstPlace(); hasTaskAt(batch, place); place = nextPlace(place)) {
    const number = numberAt(batch, place);
    tasks.push(takeTask(batch, place));
    assertEquals(tasks.at(-1)?.number, number);
  }
  return tasks;
}

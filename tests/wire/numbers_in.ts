import {
  firstPlace,
  hasTaskAt,
  nextPlace,
  numberAt,
  type TaskBatch,
} from "../../src/wire/task_batch.ts";

/** Returns the numbers of all tasks of a batch. */
export function numbersIn(batch: TaskBatch): number[] {
  const numbers: number[] = [];
  for (let place = firstPlace(); hasTaskAt(batch, place); place = nextPlace(place)) {
    numbers.push(numberAt(batch, place));
  }
  return numbers;
}

import type { Committed } from "../../src/routine/committed.ts";
import { QUEUED, SharedTaskRing } from "../../src/wire/shared_task_ring.ts";
import { addTask, firstPlace, newBatch } from "../../src/wire/task_batch.ts";
import type { BoundRoutine } from "../../src/worker/bound_routine.ts";
import { type ActivationHost, RunningActivation } from "../../src/worker/running_activation.ts";
import { WorkerStrand } from "../../src/worker/worker_strand.ts";

/** Starts an attempt at activation `job/1` in this thread, without calling a handler. */
export function newActivation(
  host: ActivationHost,
  bound: BoundRoutine,
  attempt = 1,
  committed?: Committed | number,
): RunningActivation {
  const task = 1;
  const ring = new SharedTaskRing(1);
  ring.queue(task, 1, 0, attempt, 0);
  ring.start(task, QUEUED, 0);
  const batch = newBatch();
  addTask(batch, task, "job", "job/1", undefined, committed);
  return new RunningActivation(host, new WorkerStrand(), bound, ring, batch, firstPlace());
}

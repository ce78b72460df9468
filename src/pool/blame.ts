// Determines which task caused the end of a worker, and the outcomes of its other tasks. Used by `PoolWorker`
// when its worker has died.

import type { QueuedTask } from "./queued_task.ts";
import type { Remains } from "./worker_queue.ts";

/** The known cause of the end of a worker. */
export type Blame =
  /** A task ended the worker. */
  | { readonly cause: "task"; readonly culprit: QueuedTask }
  /**
   * A task did not stop when asked to, because the worker was blocked by this or another task.
   */
  | { readonly cause: "abort"; readonly culprit: QueuedTask }
  /** A module ended or blocked the worker while it was loaded for a binding. */
  | { readonly cause: "module"; readonly binding: number }
  /** Background code of a module ended the worker. */
  | { readonly cause: "background"; readonly module: string }
  /** No task caused the end. */
  | { readonly cause: "nobody" }
  /** The cause is unknown. */
  | { readonly cause: "unknown" }
  /** The cause is unknown: an executing task, or one that has ended. */
  | { readonly cause: "doubtful" }
  /** The worker sent an invalid report, which may be caused by the way in which a task has ended. */
  | { readonly cause: "unsound" };

/** The outcomes of the tasks of a worker that has ended. */
export interface Sentence {
  /** The tasks that fail, with their errors. */
  readonly failed: readonly (readonly [QueuedTask, unknown])[];
  /** The tasks that were executing, and are executed again. */
  readonly restarted: readonly QueuedTask[];
  /** The tasks that were not executed. */
  readonly left: readonly QueuedTask[];
}

/**
 * Returns the outcomes of the tasks of a worker that has ended.
 *
 * | cause      | suspects                                     | guilty                                |
 * | ---------- | -------------------------------------------- | ------------------------------------- |
 * | task       | none                                         | the task                              |
 * | abort      | its neighbours, if they were lost before     | the task                              |
 * | module     | none                                         | the tasks that wait for the module    |
 * | background | the activations of the module                | an isolated task                      |
 * | nobody     | none                                         | none                                  |
 * | unknown    | executing and loading tasks, else ended ones | the only suspect, or an isolated task |
 * | doubtful   | executing and loading tasks                  | an isolated task                      |
 * | unsound    | executing and ended tasks                    | an isolated task                      |
 *
 * Suspects that are not found guilty are isolated: each of them is executed again, alone in a worker. The
 * other tasks are executed again, or begin in another worker. A task that was asked to stop fails with the
 * reason for that. A task whose payload was moved to the worker fails as well, as its payload is lost.
 *
 * @param remains The tasks that the worker left.
 * @param failure The error of the guilty task.
 * @param blame The cause.
 */
export function sentence(remains: Remains, failure: Error, blame: Blame): Sentence {
  const suspects = suspectsOf(remains, blame);
  // The cause may also be a task that followed from one that has gone on.
  const isFound = blame.cause === "unknown" && suspects.size === 1 && remains.goneOn.length === 0;
  const isGuilty = (held: QueuedTask, isLoading: boolean): boolean => {
    if (blame.cause === "module") return isLoading && held.bound.number === blame.binding;
    if (blame.cause === "task" || blame.cause === "abort") return held === blame.culprit;
    return suspects.has(held) && (isFound || held.isExclusive);
  };
  const failed: [QueuedTask, unknown][] = [];
  const restarted: QueuedTask[] = [];
  const left: QueuedTask[] = [];
  const judge = (held: QueuedTask, others: QueuedTask[], isLoading = false) => {
    if (isGuilty(held, isLoading)) return failed.push([held, failure]);
    if (held.abort !== undefined) return failed.push([held, held.abort.reason]);
    if (held.hasTransfer) return failed.push([held, failure]);
    if (suspects.has(held)) held.isolate();
    return others.push(held);
  };
  for (const held of remains.waiting) judge(held, left);
  for (const held of remains.loading) judge(held, left, true);
  for (const held of remains.running) judge(held, restarted);
  // Never suspects: the cause is the task that followed, which is executed again after this one was reported.
  for (const held of remains.goneOn) judge(held, restarted);
  for (const held of remains.ended) judge(held, restarted);
  return { failed, restarted, left };
}

function suspectsOf({ loading, running, ended }: Remains, blame: Blame): Set<QueuedTask> {
  switch (blame.cause) {
    case "task":
    case "module":
    case "nobody":
      return new Set();
    case "abort":
      return new Set([...running, ...ended].filter(({ losses }) => losses > 0));
    case "unknown":
      return new Set(running.length + loading.length > 0 ? [...running, ...loading] : ended);
    case "doubtful":
      return new Set([...running, ...loading]);
    case "background":
      return new Set(
        [...running, ...loading].filter(({ bound }) => bound.message.module === blame.module),
      );
    case "unsound":
      return new Set([...running, ...ended]);
  }
}

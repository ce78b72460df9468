// Decides which task is to blame for the end of a worker, and what becomes of the others. Used by
// `PoolWorker` when its worker has died.

import type { QueuedTask } from "./queued_task.ts";
import type { Remains } from "./worker_queue.ts";

/** The cause of the end of a worker, as far as it is known. */
export type Blame =
  /** A task ended it. */
  | { readonly cause: "task"; readonly culprit: QueuedTask }
  /** A task was to stop and did not, while nothing could be done in the worker: by it, or a neighbour. */
  | { readonly cause: "abort"; readonly culprit: QueuedTask }
  /** A module ended it, or blocked it, as it was loaded for a binding. */
  | { readonly cause: "module"; readonly binding: number }
  /** Something that a module does in the background. */
  | { readonly cause: "background"; readonly module: string }
  /** Nothing that is executed. */
  | { readonly cause: "nobody" }
  /** Unknown. */
  | { readonly cause: "unknown" }
  /** Unknown, and what has ended before may be to blame as well as what is executed. */
  | { readonly cause: "doubtful" }
  /** The worker reported what no sound worker reports: how a task has ended may be to blame. */
  | { readonly cause: "unsound" };

/** The outcome of each task of a worker that has ended. */
export interface Sentence {
  /** The tasks that fail, with their errors. */
  readonly failed: readonly (readonly [QueuedTask, unknown])[];
  /** The tasks that were executed, and are executed once more. */
  readonly restarted: readonly QueuedTask[];
  /** The tasks that were not executed. */
  readonly left: readonly QueuedTask[];
}

/**
 * Decides what becomes of the tasks of a worker that has ended.
 *
 * | cause    | suspects                                     | guilty                                       |
 * | -------- | -------------------------------------------- | -------------------------------------------- |
 * | task     | none                                         | the task                                     |
 * | abort    | its neighbours, if it is not their first loss | the task                                     |
 * | module   | none                                         | those that wait for the module               |
 * | background | the activations of the module              | one that was isolated                        |
 * | nobody   | none                                         | nobody                                       |
 * | unknown  | what executes or loads, else what has ended  | the only suspect, or one that was isolated   |
 * | doubtful | what executes or loads                       | one that was isolated                        |
 * | unsound  | what executes or has ended                   | one that was isolated                        |
 *
 * Suspects that are not found guilty are isolated: executed once more, each alone. The others are executed
 * once more, or begin elsewhere. A task that was to stop fails with the reason for that, and one whose
 * payload was moved to the worker fails as well, as nothing is left to execute it with.
 *
 * @param remains The tasks.
 * @param failure What the guilty fails with.
 * @param blame The cause.
 */
export function sentence(remains: Remains, failure: Error, blame: Blame): Sentence {
  const suspects = suspectsOf(remains, blame);
  const isFound = blame.cause === "unknown" && suspects.size === 1;
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

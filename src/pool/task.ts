import type { SerializedError } from "../data/serialized_error.ts";
import type { Execution } from "../engine/job_event.ts";
import type { Committed } from "../routine/committed.ts";
import type { Effects } from "../routine/effects.ts";
import type { Routine } from "../routine/routine.ts";
import type { Found } from "../routine/found.ts";

/**
 * A routine in its place: what a worker has to know of it, once. Compared by identity.
 *
 * @example What a pool has to load
 * ```ts
 * import { type Binding, WorkerPool } from "@millrace/flow/pool";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const binding: Binding = { routine: fibonacci, config: {}, flowId: "", routineId: "" };
 * await using pool = new WorkerPool({ maxWorkers: 1 });
 * console.log(await pool.load([binding], 1)); // [], as it loads
 * ```
 */
export interface Binding {
  /** The routine. */
  readonly routine: Routine;
  /** The routine's config in this place. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The flow; `""` outside one. */
  readonly flowId: string;
  /** The id of the routine in its flow; `""` outside one. */
  readonly routineId: string;
  /**
   * Checks payloads for values that structured clone would lose.
   *
   * @default {true}
   */
  readonly checkPayloads?: boolean | undefined;
  /** Number of payloads that an activation emits before awaiting the next one lets it flush. */
  readonly highWaterMark?: number | undefined;
}

/**
 * The end of a task. Without effects it failed; without an execution it was never executed.
 *
 * @example How a task ended, in a word
 * ```ts
 * import type { Outcome } from "@millrace/flow/pool";
 *
 * function word(outcome: Outcome): string {
 *   if (outcome.error === undefined) return "completed";
 *   return outcome.execution === undefined ? "never executed" : "failed";
 * }
 * const error = { name: "ClosedError", message: "the pool is closed" };
 * console.log(word({ error, execution: undefined })); // never executed
 * ```
 */
export type Outcome =
  | { readonly effects: Effects; readonly execution: Execution; readonly error?: undefined }
  | { readonly error: SerializedError; readonly execution: Execution | undefined };

/**
 * One attempt at an activation, for a pool to execute.
 *
 * @example A label for a log
 * ```ts
 * import type { Task } from "@millrace/flow/pool";
 *
 * function label({ binding, slot, jobId, attempt }: Task): string {
 *   return `${jobId} ${binding.routineId}.${slot} #${attempt}`;
 * }
 * ```
 */
export interface Task {
  /** The routine and its place. */
  readonly binding: Binding;
  /** The slot that the payload is delivered to. */
  readonly slot: string;
  /** The payload. */
  readonly payload: unknown;
  /** The objects that are moved with the payload instead of being copied. */
  readonly transfer: readonly Transferable[] | undefined;
  /** The job; `""` outside one. */
  readonly jobId: string;
  /** The activation. */
  readonly activationId: string;
  /** Which attempt at it, from 1. */
  readonly attempt: number;
  /**
   * The effects that earlier attempts at the activation have committed by flushes, which this one
   * is not to do once more; or, if nothing else is known, how many flushes there were. Absent if
   * there were none.
   */
  readonly committed?: Committed | number | undefined;
  /** Set by the pool that has the task, for its own use; made anew for each pool. */
  handle?: unknown;

  /**
   * The handler was called, or the task has ended without that: called once, before anything else.
   *
   * @param workerId The worker.
   */
  begin(workerId: string): void;
  /** The task ended. Called once, after `begin`; not at all if the task was taken back. */
  end(outcome: Outcome): void;
  /**
   * Called when the handler's effects were lost with its worker, before they were reported; another
   * executes the task again, as if it had not begun. May be called several times between `begin`
   * and `end`.
   */
  restart(): void;
  /** The handler has reported how far it is. */
  progress(data: unknown): void;
  /**
   * The handler commits what it has done so far, and waits until that is done.
   *
   * @param effects What it has done since the last flush, without what was committed already.
   * @param committed What is committed with it, and was before: from then on that of the task.
   */
  flush(effects: Effects, committed: Committed): void | Promise<void>;
  /** A value of the job's shared data. */
  get(key: string): Found;
  /** The keys of the job's shared data. */
  keys(): string[];
  /** The routine's state in the job. */
  routineState(): Readonly<Record<string, unknown>>;
  /** Locks keys of the shared data until `flush` or `end`, then gives their values. */
  lock(keys: readonly string[], grant: (values: ReadonlyMap<string, Found>) => void): void;
}

/**
 * Where a pool takes its tasks from; a pool serves several sources by turns.
 *
 * @example A source of tasks from a list
 * ```ts
 * import type { Task, TaskSource } from "@millrace/flow/pool";
 *
 * class TaskList implements TaskSource {
 *   readonly maxWorkers = 2;
 *   readonly #tasks: Task[];
 *
 *   constructor(tasks: Iterable<Task>) {
 *     this.#tasks = [...tasks];
 *   }
 *
 *   get ready(): number {
 *     return this.#tasks.length;
 *   }
 *
 *   take(): Task | undefined {
 *     return this.#tasks.shift();
 *   }
 *
 *   fail(error: Error): void {
 *     for (const task of this.#tasks.splice(0)) {
 *       task.end({ error: { name: error.name, message: error.message }, execution: undefined });
 *     }
 *   }
 * }
 * console.log(new TaskList([]).ready); // 0
 * ```
 */
export interface TaskSource {
  /** The greatest number of workers that hold tasks of this source at once. */
  readonly maxWorkers: number;
  /**
   * The greatest number of tasks of this source that execute at once, over all workers.
   *
   * @default {maxWorkers}
   */
  readonly concurrency?: number;
  /** Number of tasks that could be taken now. */
  readonly ready: number;
  /**
   * Takes the next task. The pool may hold several for a worker that executes one after the other.
   *
   * @returns The task, or `undefined` if there is none now.
   */
  take(): Task | undefined;
  /** The pool is closed and will take nothing more. */
  fail(error: Error): void;
}

/**
 * The numbers of a pool's workers.
 *
 * @example How busy a pool is
 * ```ts
 * import { type PoolStats, WorkerPool } from "@millrace/flow/pool";
 *
 * await using pool = new WorkerPool({ maxWorkers: 2 });
 * const { live, busy, lost, queued }: PoolStats = pool.stats();
 * console.log(live, busy, queued); // 0 0 0, as workers start when they are needed
 * if (lost > 0) console.warn("handlers do not stop when ctx.signal aborts");
 * ```
 */
export interface PoolStats {
  /** Workers that are starting, ready or busy. */
  readonly live: number;
  /** Workers that wait for a task. */
  readonly ready: number;
  /** Workers that execute one or more. */
  readonly busy: number;
  /**
   * Workers that are being ended and whose threads have not ended: the platform cannot stop a thread
   * that never yields.
   */
  readonly lost: number;
  /** Tasks that wait for a worker, over all flows and runs; in JSON only if there are any. */
  readonly queued: number;
}

/**
 * The state of a task that a pool has: it waits, its worker loads the module of its routine, its
 * handler was called, or it has ended and the result is on its way.
 *
 * @example Whether a task can still be revoked
 * ```ts
 * import type { TaskState } from "@millrace/flow/pool";
 *
 * const canBeRevoked = (state: TaskState): boolean => state === "queued" || state === "loading";
 * console.log(canBeRevoked("loading"), canBeRevoked("running")); // true false
 * ```
 */
export type TaskState = "queued" | "loading" | "running" | "ended";

/**
 * Executes tasks: in Web Workers here; other kinds can stand behind the same seam.
 *
 * @example A flow that is given whichever pool there is
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { type Pool, WorkerPool } from "@millrace/flow/pool";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * function numbersOn(pool: Pool) {
 *   return new Flow({ id: "numbers", pool }).add("fibonacci", fibonacci);
 * }
 * await using pool = new WorkerPool({ maxWorkers: 3 });
 * await using flow = numbersOn(pool);
 * console.log(flow.maxWorkers); // 3
 * ```
 */
export interface Pool extends AsyncDisposable {
  /** The greatest number of workers. */
  readonly maxWorkers: number;
  /** The greatest number of tasks that execute at once, over all workers. */
  readonly concurrency: number;
  /** Serves a source until it is detached. */
  attach(source: TaskSource): void;
  /** Serves a source no more; its tasks that are being executed go on. */
  detach(source: TaskSource): void;
  /**
   * Looks again at a source that has more to take.
   *
   * @param source The source. By default, each of them may be the one, which takes time by their number.
   */
  wake(source?: TaskSource): void;
  /**
   * Takes a task back whose handler has not been called: it will not be executed, and not ended.
   *
   * @returns Whether it was taken back. If not, it is being executed, or has been.
   */
  revoke(task: Task): boolean;
  /**
   * Lets a task stop: one whose handler has not been called ends with the reason; else `ctx.signal`
   * aborts, and if the handler has not ended within the grace period the task ends without it. One that
   * has been executed ends as it did.
   */
  abort(task: Task, reason: unknown): void;
  /** Returns the state of a task; `undefined` if the pool does not have it, or not any more. */
  stateOf(task: Task): TaskState | undefined;
  /** When the handler of a task that is running was called, in epoch milliseconds. */
  startedAt(task: Task): number | undefined;
  /**
   * Lets a task keep its worker waiting for others to be executed.
   *
   * @returns To be disposed of when it goes on; `undefined` if nothing would be left for the others.
   */
  hold(): Disposable | undefined;
  /**
   * Loads routines in a number of workers, starting them.
   *
   * @returns What kept a routine from loading, or a worker from starting; nothing if all is well.
   * @throws {ClosedError} If the pool is closed.
   * @throws {InvalidOptionError} If `workers` is not an integer of at least 1.
   */
  load(bindings: readonly Binding[], workers: number): Promise<Error[]>;
  /** Returns the number of workers and of their tasks. */
  stats(): PoolStats;
  /** Ends every worker. Tasks that are being executed end with a `ClosedError`. */
  close(): Promise<void>;
}

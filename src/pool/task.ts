// The interfaces of the pool: `Pool`, which a flow uses, and `Task` and `TaskSource`, which a pool uses. A
// custom pool implements the first, another kind of work the others.

import type { SerializedError } from "../data/serialized_error.ts";
import type { Execution } from "../engine/job_event.ts";
import type { Committed } from "../routine/committed.ts";
import type { Effects } from "../routine/effects.ts";
import type { Routine } from "../routine/routine.ts";
import type { Found } from "../routine/found.ts";

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
  /** The slot to which the payload is delivered. */
  readonly slot: string;
  /** The payload. */
  readonly payload: unknown;
  /** The objects that are moved with the payload instead of being copied. */
  readonly transfer: readonly Transferable[] | undefined;
  /** The job; `""` outside a flow. */
  readonly jobId: string;
  /** The activation. */
  readonly activationId: string;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /**
   * Counts of the effects that flushes of earlier attempts have committed, and that this attempt must not
   * repeat; or the number of flushes, if no counts were recorded. Absent if there were no flushes.
   */
  readonly committed?: Committed | number | undefined;
  /**
   * The span of the attempt as a W3C `traceparent`, under which its worker calls the handler; absent if the
   * flow is not traced.
   */
  readonly traceparent?: string | undefined;
  /**
   * The only receiver of each event to which a worker may go straight on when this task has ended, if it emits nothing
   * else. The source then gives the task that follows by {@linkcode TaskSource.follow}. Absent, and for other events,
   * the worker waits for its next task.
   */
  readonly ways?: ReadonlyMap<string, Receiver> | undefined;
  /** Set by the pool that has the task, for its own use. */
  handle?: unknown;

  /**
   * Called once, before any other method: when the handler is called, or when the task ends without that.
   *
   * @param workerId The worker.
   */
  begin(workerId: string): void;
  /** Called once, after `begin`, when the task has ended; not called if the task was revoked. */
  end(outcome: Outcome): void;
  /**
   * Called when the worker was lost before it reported the effects of the handler. Another worker executes
   * the task again, as if it had not begun. May be called several times between `begin` and `end`.
   */
  restart(): void;
  /** Called when the handler reports its progress. */
  progress(data: unknown): void;
  /**
   * Called when the handler flushes. The handler waits until the returned promise resolves.
   *
   * @param effects The effects since the last flush, without those that were committed by earlier attempts.
   * @param committed Counts of all effects that are committed with this flush, which the task stores as its
   * `committed`.
   */
  flush(effects: Effects, committed: Committed): void | Promise<void>;
  /** Returns a value of the job's shared data. */
  get(key: string): Found;
  /** Returns the keys of the job's shared data. */
  keys(): string[];
  /** Returns the routine's state in the job. */
  routineState(): Readonly<Record<string, unknown>>;
  /**
   * Locks keys of the shared data until `flush` or `end`, and passes their values to `grant` once they are
   * locked.
   */
  lock(keys: readonly string[], grant: (values: ReadonlyMap<string, Found>) => void): void;
}

/**
 * A routine and its place in a flow. It is sent to each worker once, and compared by identity.
 *
 * @example The module that a pool has to load
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
  /** The routine's config at this place. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The flow; `""` outside a flow. */
  readonly flowId: string;
  /** The id of the routine in its flow; `""` outside a flow. */
  readonly routineId: string;
  /**
   * Checks payloads for values that structured clone would lose.
   *
   * @default {true}
   */
  readonly checkPayloads?: boolean | undefined;
  /** The number of uncommitted payloads of an activation from which on an awaited emit flushes. */
  readonly highWaterMark?: number | undefined;
  /** The size of its uncommitted payloads from which on an awaited emit flushes, in bytes. */
  readonly highWaterBytes?: number | undefined;
  /**
   * The URL of the module with which a worker calls handlers in their traces: the `workerModule` of the
   * flow's `tracing`. Absent if the flow is not traced; the worker loads nothing then.
   */
  readonly traceModule?: string | undefined;
}

/** A receiver of the payloads of an event. */
export interface Receiver {
  /** The routine and its place. */
  readonly binding: Binding;
  /** The slot. */
  readonly slot: string;
}

/** The end of a task. Without effects it failed; without an execution it was never executed. */
export type Outcome =
  | { readonly effects: Effects; readonly execution: Execution; readonly error?: undefined }
  | { readonly error: SerializedError; readonly execution: Execution | undefined };

/**
 * A source from which a pool takes tasks. A pool serves several sources in turn.
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
  /** The maximum number of workers that hold tasks of this source at once. */
  readonly maxWorkers: number;
  /**
   * The maximum number of tasks of this source that execute at once, in all workers together.
   *
   * @default {maxWorkers}
   */
  readonly concurrency?: number;
  /** The number of tasks that could be taken now. */
  readonly ready: number;
  /**
   * Takes the next task. The pool may take several tasks for one worker, which executes them one after the
   * other.
   *
   * @returns The task; `undefined` if there is none now.
   */
  take(): Task | undefined;
  /**
   * Takes the task that follows from one that has just ended and whose worker has begun the next one, along the `ways`
   * of the task. Absent if tasks have no `ways`.
   *
   * @returns The task, whose `begin` is called next; `undefined` if it may not be executed, so that it is aborted and has
   * no effects.
   */
  follow?(task: Task): Task | undefined;
  /** Called when the pool is closed, and takes no more tasks. */
  fail(error: Error): void;
}

/** The numbers of a pool's workers. */
export interface PoolStats {
  /** Workers that are starting, ready or busy. */
  readonly live: number;
  /** Workers that wait for a task. */
  readonly ready: number;
  /** Workers that hold one or more tasks. */
  readonly busy: number;
  /**
   * Workers that were terminated but whose threads still run, as the platform cannot stop a thread that never
   * yields.
   */
  readonly lost: number;
  /** Tasks of all flows and runs that wait for a worker; left out of JSON if there are none. */
  readonly queued: number;
}

/**
 * The state of a task at a pool: it waits, its worker loads the module of its routine, its handler was
 * called, or it has ended and its result is on its way.
 */
export type TaskState = "queued" | "loading" | "running" | "ended";

/**
 * Executes tasks. Millrace executes them in Web Workers; other implementations can use the same interface.
 *
 * @example A function that takes any pool
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
  /** The maximum number of workers. */
  readonly maxWorkers: number;
  /** The maximum number of tasks that execute at once, in all workers together. */
  readonly concurrency: number;
  /** Serves a source until it is detached. */
  attach(source: TaskSource): void;
  /** Takes no more tasks from a source. Its executing tasks go on. */
  detach(source: TaskSource): void;
  /**
   * Checks a source for tasks again.
   *
   * @param source The source. By default, all sources are checked, which takes time proportional to their
   * number.
   */
  wake(source?: TaskSource): void;
  /**
   * Revokes a task whose handler has not been called: the task is not executed, and its `end` is not called.
   *
   * @returns `true` if the task was revoked; `false` if it is executing, or has been executed.
   */
  revoke(task: Task): boolean;
  /**
   * Stops a task. If its handler has not been called, the task ends with the reason. Otherwise `ctx.signal`
   * aborts, and if the handler does not end within the grace period, the task ends without it. A task whose
   * handler has ended is not affected.
   */
  abort(task: Task, reason: unknown): void;
  /** Returns the state of a task; `undefined` if the pool does not have it. */
  stateOf(task: Task): TaskState | undefined;
  /** Returns the time at which the handler of a running task was called, in epoch milliseconds. */
  startedAt(task: Task): number | undefined;
  /**
   * Allows a task to occupy its worker while it waits for other tasks to be executed.
   *
   * @returns A hold, to be disposed of when the task goes on; `undefined` if no other task could be executed
   * meanwhile.
   */
  hold(): Disposable | undefined;
  /**
   * Loads routines in a number of workers, and starts workers for that if necessary.
   *
   * @returns The errors of routines that did not load, and of workers that did not start; empty if there are
   * none.
   * @throws {ClosedError} If the pool is closed.
   * @throws {InvalidOptionError} If `workers` is not an integer of at least 1.
   */
  load(bindings: readonly Binding[], workers: number): Promise<Error[]>;
  /** Returns the numbers of workers and waiting tasks. */
  stats(): PoolStats;
  /** Ends all workers. Executing tasks end with a `ClosedError`. */
  close(): Promise<void>;
}

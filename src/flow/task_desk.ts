// Serves the tasks of a flow: checks their reports, locks keys, and makes flushes wait. `ActivationTask`
// calls it.

import type { ActivationCommand, CountedRate } from "../engine/command.ts";
import type { Engine } from "../engine/engine.ts";
import type { Job } from "../engine/job.ts";
import { KeyLocks } from "../engine/key_locks.ts";
import type { Task } from "../pool/task.ts";
import type { Effects } from "../routine/effects.ts";
import type { ActivationTask, TaskHost } from "./activation_task.ts";
import type { Backpressure } from "./backpressure.ts";
import type { CommitLog } from "./commit_log.ts";
import type { FlowParts } from "./flow_parts.ts";
import type { Interruptions } from "./interruptions.ts";
import type { ReaderHolds } from "./reader_holds.ts";
import { assertStorableEffects } from "./storable.ts";
import type { Suspects } from "./suspects.ts";
import type { TaskBoard } from "./task_board.ts";

/**
 * Serves the tasks of a flow while the pool has them: checks their reports, locks keys, makes flushes wait,
 * and acts on their ends.
 */
export class TaskDesk implements TaskHost {
  readonly #host: DeskHost;
  readonly #flow: FlowParts;
  readonly #parts: DeskParts;
  readonly #locks = new WeakMap<Job, KeyLocks<Task>>();

  /**
   * @param host The runner of the flow.
   * @param flow The flow.
   * @param parts The parts of the flow that its tasks affect.
   */
  constructor(host: DeskHost, flow: FlowParts, parts: DeskParts) {
    this.#host = host;
    this.#flow = flow;
    this.#parts = parts;
  }

  get maxCrashes(): number {
    return this.#flow.rules.maxCrashes;
  }

  dispatch(job: Job, command: ActivationCommand): void {
    this.#host.dispatch(job, command);
  }

  rateOf({ live }: ActivationTask): CountedRate | undefined {
    return this.#flow.store.startsSince === undefined
      ? undefined
      : this.#parts.engine.limits.rateOf(live);
  }

  checkProgress(data: unknown): void {
    this.#flow.store.assertStorable?.(data, "progress");
  }

  checkEffects(job: Job, routineId: string, effects: Effects): void {
    const { limits, rules, store } = this.#flow;
    if (limits.maxQueuedPerJob < Infinity) {
      this.#parts.backpressure.check(job, rules.routes.countOf(routineId, effects.emits));
    }
    assertStorableEffects(effects, store);
  }

  async flushed(task: ActivationTask): Promise<void> {
    const { interruptions, log, holds, backpressure, suspects } = this.#parts;
    await interruptions.whileWaiting(task, log.settled());
    // The task may have ended meanwhile, with its worker.
    if (task.live.state !== "executing") return;
    await holds.whenCapacity(task, task.job);
    // While a suspect is alone, no other activation can make room.
    if (task.live.state !== "executing" || suspects.isExclusive) return;
    await backpressure.roomToEmit(task, task.job, task.live);
  }

  locksOf(job: Job): KeyLocks<Task> {
    return this.#locks.getOrInsertComputed(job, () => new KeyLocks<Task>());
  }

  ending(task: ActivationTask): void {
    this.#parts.board.remove(task);
    this.#parts.suspects.left(task.live);
  }

  restarted(task: ActivationTask): void {
    this.#waitNoMore(task);
    // The handler is called again, which counts to the rate of its routine.
    this.#parts.engine.limits.began(task.live);
  }

  interrupted(task: ActivationTask): void {
    this.#parts.interruptions.add(task);
  }

  ended(task: ActivationTask): void {
    this.#waitNoMore(task);
    this.#parts.engine.left(task.job, task.live);
    // An interrupted attempt is executed again, and has proved nothing.
    if (task.live.state !== "executing") this.#parts.suspects.ended(task.live);
    this.#host.wake();
  }

  #waitNoMore(task: ActivationTask): void {
    this.#parts.backpressure.leave(task, task.job);
    this.#parts.holds.leave(task);
  }
}

/** The part of a flow's runner that a `TaskDesk` uses. */
export interface DeskHost {
  /** Puts a command to a job into effect. */
  dispatch(job: Job, command: ActivationCommand): void;
  /** Makes the pool check the flow for activations again. */
  wake(): void;
}

/** The parts of a flow that its tasks affect. */
export interface DeskParts {
  readonly engine: Engine;
  readonly log: CommitLog;
  readonly board: TaskBoard;
  readonly backpressure: Backpressure;
  readonly holds: ReaderHolds;
  readonly interruptions: Interruptions;
  readonly suspects: Suspects;
}

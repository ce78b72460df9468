// Passes a flow's ready activations to its pool, as one of the pool's sources. `FlowRunner` creates it; the
// pool takes tasks from it.

import { microtask } from "../data/microtask.ts";
import type { SerializedError } from "../data/serialized_error.ts";
import type { Engine } from "../engine/engine.ts";
import { hasOpenFeed, type Job, type LiveActivation, waitsOf } from "../engine/job.ts";
import type { Receiver, TaskSource } from "../pool/task.ts";
import { activationNumber } from "../routine/activation_id.ts";
import { ActivationTask, type TaskHost, type TraceOfAttempts } from "./activation_task.ts";
import type { FlowParts } from "./flow_parts.ts";
import type { Interruptions } from "./interruptions.ts";
import { noSuchSlot } from "./no_such_slot.ts";
import { onwardWays } from "./onward_ways.ts";
import type { Suspects } from "./suspects.ts";
import type { TaskBoard } from "./task_board.ts";

/** The source from which a pool takes the activations of a flow, one at a time. */
export class ActivationSource implements TaskSource {
  readonly maxWorkers: number;
  readonly concurrency: number;
  readonly #host: SourceHost;
  readonly #tasks: TaskHost;
  readonly #flow: FlowParts;
  readonly #parts: SourceParts;
  readonly #ways: ReturnType<typeof onwardWays>;

  /**
   * @param host The runner of the flow.
   * @param tasks The services that the tasks use.
   * @param flow The flow.
   * @param parts The parts that decide which activation is next.
   */
  constructor(host: SourceHost, tasks: TaskHost, flow: FlowParts, parts: SourceParts) {
    this.#host = host;
    this.#tasks = tasks;
    this.#flow = flow;
    this.#parts = parts;
    this.maxWorkers = flow.maxWorkers;
    this.concurrency = flow.concurrency;
    this.#ways = onwardWays(flow);
  }

  get ready(): number {
    const { engine, board, interruptions, suspects } = this.#parts;
    if (this.#host.isHalted || suspects.isBusy(board.size)) return 0;
    return engine.ready + interruptions.size;
  }

  take(): ActivationTask | undefined {
    const { engine, board, interruptions, suspects } = this.#parts;
    const { steps } = this.#flow;
    const interrupted = this.#host.isHalted ? undefined : interruptions.take();
    for (let next = interrupted ?? this.#next(); next !== undefined; next = this.#next()) {
      const { job, live } = next;
      // An attempt that was interrupted has begun before.
      if (next !== interrupted && steps.stops(job, live)) {
        engine.giveBack(job, live);
        continue;
      }
      if (!suspects.mayBegin(job, live, board.size)) {
        if (next === interrupted) interruptions.add(interrupted);
        else engine.giveBack(job, live);
        return undefined;
      }
      const task = this.#taskOf(job, live, next === interrupted);
      if (task === undefined) continue;
      // An interrupted attempt was not stopped before, and is no step.
      if (next !== interrupted) steps.begins(job);
      board.add(task);
      suspects.begun(live);
      return task;
    }
    return undefined;
  }

  /**
   * Takes the activation that follows from one that has committed, as its worker has begun it. That is so even if the
   * job was paused meanwhile, as it has begun before. If the flow leaves its jobs, a later one begins it again.
   */
  follow({ job, live: { activation }, hasCommitted }: ActivationTask): ActivationTask | undefined {
    const { engine, board } = this.#parts;
    // A refused commit queues something else, such as a fallback, which the worker has not begun.
    if (!hasCommitted || this.#host.isLeaving) return undefined;
    const { jobId } = job;
    const { activationId } = activation;
    const next = engine.follow(job, activationId);
    if (next === undefined) return undefined;
    // The worker has assumed the next number, which another activation has if a signal was delivered meanwhile.
    const assumed = (activationNumber(jobId, activationId) ?? NaN) + 1;
    if (activationNumber(jobId, next.activation.activationId) !== assumed) {
      engine.giveBack(job, next);
      return undefined;
    }
    const task = this.#taskOf(job, next, false);
    if (task !== undefined) board.add(task);
    return task;
  }

  fail(error: Error): void {
    this.#host.poolClosed(error);
  }

  #next() {
    return this.#host.isHalted ? undefined : this.#parts.engine.take();
  }

  #taskOf(job: Job, live: LiveActivation, isInterrupted: boolean): ActivationTask | undefined {
    const { bindings, rules, store } = this.#flow;
    const { routineId, slot } = live.activation;
    const binding = bindings.get(routineId);
    if (binding !== undefined && Object.hasOwn(binding.routine.slots, slot)) {
      // Objects are moved only if they cannot be needed again, as moving detaches them from this thread.
      const mayMove = !rules.policies.get(routineId)?.mayRetry && !store.isDurable;
      const { trace } = this.#parts;
      const ways = isInterrupted ? undefined : this.#waysOf(job, live);
      const tasks = this.#tasks;
      return new ActivationTask(tasks, job, live, binding, mayMove, isInterrupted, trace, ways);
    }
    // A recovered job has an activation for a slot that the flow no longer has. The job fails in a microtask,
    // as stopping a job is not possible while the pool takes tasks.
    const error = noSuchSlot(job, live, bindings);
    microtask(() => this.#host.hasNoPlace(job, error));
    return undefined;
  }

  /**
   * Returns the receivers to which a worker may go straight on from an activation. It is the only one of its job, and the
   * last that was queued, so that the worker knows the id of the one that follows.
   */
  #waysOf(job: Job, { activation }: LiveActivation): ReadonlyMap<string, Receiver> | undefined {
    if (this.#ways.size === 0 || this.#flow.steps.isActive) return undefined;
    const { jobId, live, known, status } = job;
    if (live.size > 1 || waitsOf(job).size > 0 || status === "paused") return undefined;
    // An item may be queued meanwhile.
    if (hasOpenFeed(job)) return undefined;
    const number = activationNumber(jobId, activation.activationId);
    return number === known ? this.#ways.get(activation.routineId) : undefined;
  }
}

/** The part of a flow's runner that an `ActivationSource` uses. */
export interface SourceHost {
  /** `true` while no activation may be given to a worker. */
  readonly isHalted: boolean;
  /** `true` if the jobs are left to a later flow. */
  readonly isLeaving: boolean;
  /** Fails a job with an activation for a slot that the flow does not have. */
  hasNoPlace(job: Job, error: SerializedError): void;
  /** Called when the pool was closed. */
  poolClosed(error: Error): void;
}

/** The parts of a flow that decide which activation is executed next. */
export interface SourceParts {
  readonly engine: Engine;
  readonly board: TaskBoard;
  readonly interruptions: Interruptions;
  readonly suspects: Suspects;
  /** The trace of the flow, if it is traced. */
  readonly trace: TraceOfAttempts | undefined;
}

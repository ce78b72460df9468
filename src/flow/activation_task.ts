import { placed } from "../data/serialized_error.ts";
import type { Command } from "../engine/decide.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { KeyLocks } from "../engine/key_locks.ts";
import type { Found } from "../pool/protocol.ts";
import type { Binding, Outcome, Task } from "../pool/task.ts";
import type { Effects } from "../routine/effects.ts";

/** What an activation needs of the runner of its flow. */
export interface TaskHost {
  /** Does what is asked of a job. */
  execute(job: Job, command: Command): void;
  /** The locks on a job's shared data. */
  locksOf(job: Job): KeyLocks<Task>;
  /** The task has ended. */
  ended(task: ActivationTask): void;
}

/** One attempt at an activation of a flow's job: what becomes of it is told to the engine. */
export class ActivationTask implements Task {
  readonly job: Job;
  readonly binding: Binding;
  readonly slot: string;
  readonly payload: unknown;
  readonly transfer: readonly Transferable[] | undefined;
  readonly activationId: string;
  readonly attempt: number;
  readonly workerId: string;
  readonly #host: TaskHost;
  #hasLocks = false;

  constructor(host: TaskHost, job: Job, live: LiveActivation, binding: Binding, workerId: string) {
    const { slot, payload, transfer, activationId } = live.activation;
    this.#host = host;
    this.job = job;
    this.binding = binding;
    this.slot = slot;
    this.payload = payload;
    this.transfer = transfer;
    this.activationId = activationId;
    this.attempt = live.attempt;
    this.workerId = workerId;
  }

  get jobId(): string {
    return this.job.jobId;
  }

  begin(): void {}

  end(outcome: Outcome): void {
    const { activationId } = this;
    const { execution } = outcome;
    if (outcome.error === undefined) {
      const { effects, execution } = outcome;
      this.#host.execute(this.job, { type: "complete", activationId, effects, execution });
    } else {
      const error = placed(outcome.error, {
        flowId: this.binding.flowId,
        jobId: this.jobId,
        routineId: this.binding.routineId,
        slot: this.slot,
        activationId,
        attempt: this.attempt,
        workerId: this.workerId,
      });
      this.#host.execute(this.job, { type: "fail", activationId, error, execution });
    }
    this.#release();
    this.#host.ended(this);
  }

  progress(data: unknown): void {
    this.#host.execute(this.job, { type: "progress", activationId: this.activationId, data });
  }

  flush(effects: Effects): void {
    this.#host.execute(this.job, { type: "flush", activationId: this.activationId, effects });
    this.#release();
  }

  get(key: string): Found {
    const { sharedData } = this.job;
    return { found: sharedData.has(key), value: sharedData.get(key) };
  }

  keys(): string[] {
    return [...this.job.sharedData.keys()];
  }

  routineState(): Readonly<Record<string, unknown>> {
    return this.job.routineStates.get(this.binding.routineId) ?? {};
  }

  lock(keys: readonly string[], grant: (values: ReadonlyMap<string, Found>) => void): void {
    this.#hasLocks = true;
    this.#host.locksOf(this.job).request(this, keys, () => {
      grant(new Map(keys.map((key) => [key, this.get(key)])));
    });
  }

  #release(): void {
    if (!this.#hasLocks) return;
    this.#hasLocks = false;
    this.#host.locksOf(this.job).release(this);
  }
}

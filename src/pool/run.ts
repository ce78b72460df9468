// One call of `pool.run` as a task, with its config and the effects that it has flushed. `RunQueue` creates it.

import { placed, reviveError } from "../data/serialized_error.ts";
import { setFields } from "../data/set_fields.ts";
import { ActivationTimeoutError } from "../errors/activation_errors.ts";
import type { Place } from "../errors/place.ts";
import { mergeEffects } from "../routine/effect_parts.ts";
import type { Effects } from "../routine/effects.ts";
import type { Found } from "../routine/found.ts";
import { fullId, type SentId } from "../wire/task_batch.ts";
import type { Binding, Outcome, Task } from "./task.ts";

/**
 * A standalone run, with its own shared data and routine state, which end with it. It has few fields, as
 * thousands of runs may wait at once.
 */
export class Run implements Task {
  /** Its number among the runs of its pool. */
  readonly number: number;
  readonly binding: Binding;
  readonly slot: string;
  /** Resolves with the effects; rejects with the error of the run. */
  readonly effects: Promise<Effects>;
  handle: unknown = undefined;
  /** `true` while it is in the queue of the runs. */
  isWaiting = true;
  #payload: unknown;
  #options: SentOptions | undefined;
  /** Settles its promise; `undefined` once it has done so. */
  #settle: ((effects: Effects | Promise<never>) => void) | undefined;
  #flushed: Flushed | undefined;

  constructor(
    number: number,
    binding: Binding,
    slot: string,
    payload: unknown,
    options?: SentOptions,
  ) {
    this.number = number;
    this.binding = binding;
    this.slot = slot;
    this.#payload = payload;
    this.#options = options;
    this.effects = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get jobId(): string {
    return "";
  }

  get activationId(): string {
    return fullId(this.number);
  }

  get attempt(): number {
    return 1;
  }

  /** The payload, until the run is settled. */
  get payload(): unknown {
    return this.#payload;
  }

  get transfer(): readonly Transferable[] | undefined {
    return this.#options?.transfer;
  }

  /** The config in place of that of the binding, if it was changed for this run. */
  get config(): Binding["config"] | undefined {
    return this.#options?.config;
  }

  /** Checks whether its promise has been settled. */
  get isSettled(): boolean {
    return this.#settle === undefined;
  }

  /** Rejects its promise, although it may still be executing. */
  reject(reason: unknown): void {
    this.#release()?.(Promise.reject(reason));
  }

  timedOut(timeout: number): ActivationTimeoutError {
    const { slot, activationId } = this;
    return new ActivationTimeoutError(
      `slot "${slot}" of the routine in ${this.binding.routine.module} did not end within ${timeout} ms; allow more, or do less at a time`,
      { slot, activationId, clock: "total" },
    );
  }

  begin(): void {}

  end(outcome: Outcome): void {
    if (outcome.error === undefined) {
      const { effects } = outcome;
      const flushed = this.#flushed;
      return this.#release()?.(flushed === undefined ? effects : flushed.with(effects));
    }
    const { slot, activationId } = this;
    const place: Place = { slot, activationId, workerId: outcome.execution?.workerId };
    this.reject(reviveError(placed(outcome.error, place)));
  }

  restart(): void {
    this.#flushed = undefined;
  }

  progress(data: unknown): void {
    // Returned, as the callback may be async, and the pool handles the rejection of its promise.
    return this.#options?.onProgress?.(data);
  }

  flush(effects: Effects): void {
    this.#flushed ??= new Flushed();
    this.#flushed.add(effects);
  }

  get(key: string): Found {
    const data = this.#flushed?.data;
    return data?.has(key) ? { found: true, value: data.get(key) } : { found: false };
  }

  keys(): string[] {
    return [...this.#flushed?.data.keys() ?? []];
  }

  routineState(): Readonly<Record<string, unknown>> {
    return { ...this.#flushed?.state };
  }

  lock(keys: readonly string[], grant: (values: ReadonlyMap<string, Found>) => void): void {
    grant(new Map(keys.map((key) => [key, this.get(key)])));
  }

  /**
   * Releases all that it holds, as the run may stay in a queue or at a worker for a long time. Returns the
   * function that settles its promise, unless it was settled.
   */
  #release(): ((effects: Effects | Promise<never>) => void) | undefined {
    const settle = this.#settle;
    this.#settle = this.#payload = this.#options = undefined;
    return settle;
  }
}

/** The options of a run that are sent with its task, or called while it executes. */
export interface SentOptions {
  readonly transfer: readonly Transferable[] | undefined;
  readonly onProgress: ((data: unknown) => void) | undefined;
  /** The config in place of that of the binding, if it was changed for this run. */
  readonly config: Binding["config"] | undefined;
}

/** Returns the config of a task in place of that of its binding, if it is a run with one of its own. */
export function configOf(task: Task): Binding["config"] | undefined {
  return task instanceof Run ? task.config : undefined;
}

/** Returns the id of a task as it is sent. */
export function sentIdOf(task: Task): SentId {
  return task instanceof Run ? task.number : task.activationId;
}

/** The effects that a run has committed before its end. */
class Flushed {
  readonly data = new Map<string, unknown>();
  readonly #parts: Effects[] = [];
  readonly state: Record<string, unknown> = {};

  add(effects: Effects): void {
    this.#parts.push(effects);
    for (const write of effects.sharedData) {
      if (write.deleted) this.data.delete(write.key);
      else this.data.set(write.key, write.value);
    }
    if (effects.routineState !== undefined) setFields(this.state, effects.routineState);
  }

  /** Returns all committed effects together with the last ones. */
  with(last: Effects): Effects {
    return mergeEffects([...this.#parts, last]);
  }
}

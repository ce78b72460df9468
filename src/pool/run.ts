// One call of `pool.run` as a task, with its config and the effects that it has flushed. `RunQueue` creates it.

import { placed, reviveError } from "../data/serialized_error.ts";
import { setFields } from "../data/set_fields.ts";
import { ActivationTimeoutError } from "../errors/activation_errors.ts";
import type { Place } from "../errors/place.ts";
import { mergeEffects } from "../routine/effect_parts.ts";
import type { Effects } from "../routine/effects.ts";
import type { Found } from "../routine/found.ts";
import type { Binding, Outcome, Task } from "./task.ts";

/** A standalone run, with its own shared data and routine state, which end with it. */
export class Run implements Task {
  readonly jobId = "";
  readonly attempt = 1;
  readonly binding: Binding;
  readonly slot: string;
  /** The config in place of that of the binding, if it was changed for this run. */
  readonly config: Binding["config"] | undefined;
  /** Resolves with the effects; rejects with the error of the run. */
  readonly effects: Promise<Effects>;
  handle: unknown = undefined;
  /** `true` while it is in the queue of the runs. */
  isWaiting = true;
  readonly #number: number;
  readonly #onProgress: ((data: unknown) => void) | undefined;
  #payload: unknown;
  #transfer: readonly Transferable[] | undefined;
  #resolve!: (effects: Effects) => void;
  #reject!: (reason: unknown) => void;
  #flushed: Flushed | undefined;
  #isSettled = false;

  constructor(
    number: number,
    binding: Binding,
    slot: string,
    payload: unknown,
    transfer?: readonly Transferable[],
    onProgress?: (data: unknown) => void,
    config?: Binding["config"],
  ) {
    this.#number = number;
    this.#onProgress = onProgress;
    this.binding = binding;
    this.slot = slot;
    this.config = config;
    this.#payload = payload;
    this.#transfer = transfer;
    this.effects = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get activationId(): string {
    return `run/${this.#number}`;
  }

  /** The payload, until the run is settled. */
  get payload(): unknown {
    return this.#payload;
  }

  get transfer(): readonly Transferable[] | undefined {
    return this.#transfer;
  }

  /** Checks whether its promise has been settled. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Rejects its promise, although it may still be executing. */
  reject(reason: unknown): void {
    this.#settle();
    this.#reject(reason);
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
    this.#settle();
    if (outcome.error === undefined) {
      const { effects } = outcome;
      return this.#resolve(this.#flushed === undefined ? effects : this.#flushed.with(effects));
    }
    const { slot, activationId } = this;
    const place: Place = { slot, activationId, workerId: outcome.execution?.workerId };
    this.#reject(reviveError(placed(outcome.error, place)));
  }

  restart(): void {
    this.#flushed = undefined;
  }

  progress(data: unknown): void {
    // Returned, as the callback may be async, and the pool handles the rejection of its promise.
    return this.#isSettled ? undefined : this.#onProgress?.(data);
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

  /** Releases the payload, as the run may stay in a queue or at a worker for a long time. */
  #settle(): void {
    this.#isSettled = true;
    this.#payload = undefined;
    this.#transfer = undefined;
  }
}

/** Returns the config of a task in place of that of its binding, if it is a run with one of its own. */
export function configOf(task: Task): Binding["config"] | undefined {
  return task instanceof Run ? task.config : undefined;
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

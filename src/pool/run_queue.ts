import { faithfulCopy, faithfulMove } from "../data/faithful_copy.ts";
import { Fifo } from "../data/fifo.ts";
import { after, checkDuration } from "../data/option.ts";
import { placed, reviveError } from "../data/serialized_error.ts";
import { ActivationTimeoutError } from "../errors/activation_timeout_error.ts";
import type { Place } from "../errors/place.ts";
import { UnknownSlotError } from "../errors/unknown_slot_error.ts";
import type { TransferOptions } from "../routine/context.ts";
import type { Effects } from "../routine/effects.ts";
import type { EventPayload, Events } from "../routine/port.ts";
import type { Routine } from "../routine/routine.ts";
import type { Found } from "./protocol.ts";
import type { Binding, Outcome, Task, TaskSource } from "./task.ts";

/** Options of `pool.run`. */
export interface RunOptions<Config extends object = object> extends TransferOptions {
  /** Changes to the routine's config, for this run. */
  readonly config?: Partial<Config>;
  /** Stops the run: the promise rejects at once with the signal's reason, and `ctx.signal` aborts. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds after which the run is stopped. The clock starts with the call, so waiting for a
   * worker counts.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/** What a standalone run did. */
export interface RunEffects<E extends Events> extends Effects {
  /** What was emitted, in order. */
  readonly emits: readonly {
    [Name in keyof E & string]: {
      /** The event's name. */
      readonly event: Name;
      /** A copy of what was emitted. */
      readonly payload: EventPayload<E[Name]>;
      /** When it was emitted, in epoch milliseconds. */
      readonly timestamp: number;
    };
  }[keyof E & string][];
}

/** The runs that were asked of a pool and belong to no flow. */
export class RunQueue implements TaskSource {
  readonly #waiting = new Fifo<Run>();
  readonly #bindings = new WeakMap<Routine, Binding>();
  #runs = 0;

  get ready(): number {
    return this.#waiting.size;
  }

  take(): Run | undefined {
    return this.#waiting.shift();
  }

  /** Queues a run. `abort` is called if it is to stop while a worker executes it. */
  add(
    routine: Routine,
    slot: string,
    payload: unknown,
    options: RunOptions,
    abort: (task: Task, reason: Error) => void,
  ): Promise<Effects> {
    if (!Object.hasOwn(routine.slots, slot)) {
      throw new UnknownSlotError(slot, Object.keys(routine.slots));
    }
    const { signal, timeout = Infinity, transfer = [] } = options;
    checkDuration("timeout", timeout);
    signal?.throwIfAborted();
    const sent = transfer.length === 0
      ? { payload: faithfulCopy(payload, "payload"), transfer: undefined }
      : faithfulMove(payload, "payload", transfer);
    const run = new Run(`run/${++this.#runs}`, this.#bind(routine, options.config), slot, sent);
    this.#waiting.push(run);

    const stop = (reason: unknown) => {
      const error = reason instanceof Error ? reason : new Error(String(reason));
      if (!this.#waiting.remove(run)) abort(run, error);
      run.reject(reason);
    };
    const onAbort = () => stop(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const timer = after(timeout, () => stop(run.timedOut(timeout)));
    return run.effects.finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    });
  }

  /** Rejects the runs that no worker has begun. */
  fail(error: Error): void {
    for (const run of this.#waiting.drain()) run.reject(error);
  }

  #bind(routine: Routine, change: object | undefined): Binding {
    if (change !== undefined) return bindingOf(routine, change);
    const known = this.#bindings.get(routine);
    if (known !== undefined) return known;
    const binding = bindingOf(routine, {});
    this.#bindings.set(routine, binding);
    return binding;
  }
}

function bindingOf(routine: Routine, change: object): Binding {
  const config = faithfulCopy({ ...routine.config, ...change }, "config");
  return { routine, config: config as Binding["config"], flowId: "", routineId: "" };
}

/** A standalone run: its shared data and its state are its own, and end with it. */
class Run implements Task {
  readonly jobId = "";
  readonly attempt = 1;
  readonly payload: unknown;
  readonly transfer: readonly Transferable[] | undefined;
  readonly #outcome = Promise.withResolvers<Effects>();
  readonly #flushed: Effects[] = [];
  readonly #data = new Map<string, unknown>();
  #state: Readonly<Record<string, unknown>> = {};

  constructor(
    readonly activationId: string,
    readonly binding: Binding,
    readonly slot: string,
    sent: { payload: unknown; transfer: readonly Transferable[] | undefined },
  ) {
    this.payload = sent.payload;
    this.transfer = sent.transfer;
  }

  get effects(): Promise<Effects> {
    return this.#outcome.promise;
  }

  reject(reason: unknown): void {
    this.#outcome.reject(reason);
  }

  timedOut(timeout: number): ActivationTimeoutError {
    const { slot, activationId } = this;
    return new ActivationTimeoutError(
      `slot "${slot}" of the routine in ${this.binding.routine.module} did not end within ${timeout} ms; allow more, or do less at a time`,
      { slot, activationId },
    );
  }

  end(outcome: Outcome): void {
    if (outcome.error === undefined) {
      this.#outcome.resolve(joined([...this.#flushed, outcome.effects]));
    } else {
      const { slot, activationId } = this;
      const place: Place = { slot, activationId, workerId: outcome.execution?.workerId };
      this.#outcome.reject(reviveError(placed(outcome.error, place)));
    }
  }

  progress(): void {}

  flush(effects: Effects): void {
    this.#flushed.push(effects);
    for (const write of effects.sharedData) {
      if (write.deleted) this.#data.delete(write.key);
      else this.#data.set(write.key, write.value);
    }
    this.#state = { ...this.#state, ...effects.routineState };
  }

  get(key: string): Found {
    return { found: this.#data.has(key), value: this.#data.get(key) };
  }

  keys(): string[] {
    return [...this.#data.keys()];
  }

  routineState(): Readonly<Record<string, unknown>> {
    return this.#state;
  }

  lock(keys: readonly string[], grant: (values: ReadonlyMap<string, Found>) => void): void {
    grant(new Map(keys.map((key) => [key, this.get(key)])));
  }
}

function joined(parts: readonly Effects[]): Effects {
  const writes = new Map(parts.flatMap((part) => part.sharedData).map((one) => [one.key, one]));
  const states = parts.flatMap(({ routineState }) => routineState ?? []);
  return {
    emits: parts.flatMap(({ emits }) => emits),
    sharedData: [...writes.values()],
    sharedLog: parts.flatMap(({ sharedLog }) => sharedLog),
    ...states.length > 0 && { routineState: Object.assign({}, ...states) },
  };
}

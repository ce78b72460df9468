// The frozen context that a handler gets: it passes each call on to its `RunningActivation`.

import type {
  EmitOptions,
  RoutineContext,
  RoutineState,
  SharedData,
  SharedLog,
  WaitForOptions,
} from "../routine/routine_context.ts";
import type { RunningActivation } from "./running_activation.ts";

/** The `ctx` of a handler: a frozen facade that exposes only the public part of its activation. */
export class ActivationContext implements RoutineContext {
  readonly #activation: RunningActivation;

  constructor(activation: RunningActivation) {
    this.#activation = activation;
    Object.freeze(this);
  }

  get flowId(): string {
    return this.#activation.flowId;
  }

  get jobId(): string {
    return this.#activation.jobId;
  }

  get routineId(): string {
    return this.#activation.routineId;
  }

  get slot(): string {
    return this.#activation.slot;
  }

  get activationId(): string {
    return this.#activation.activationId;
  }

  get attempt(): number {
    return this.#activation.attempt;
  }

  get workerId(): string {
    return this.#activation.workerId;
  }

  get config(): Readonly<Record<string, unknown>> {
    return this.#activation.config;
  }

  get signal(): AbortSignal {
    return this.#activation.signal;
  }

  get sharedData(): SharedData {
    return this.#activation.sharedData;
  }

  get sharedLog(): SharedLog {
    return this.#activation.sharedLog;
  }

  get routineState(): RoutineState {
    return this.#activation.routineState;
  }

  now(): number {
    return this.#activation.now();
  }

  emit(event: string, payload?: unknown, options?: EmitOptions): PromiseLike<void> | undefined {
    return this.#activation.emit(event, payload, options);
  }

  waitFor(signal: string, options: WaitForOptions): void {
    this.#activation.waitFor(signal, options);
  }

  flush(): Promise<void> {
    return this.#activation.flush();
  }

  progress(data: unknown): void {
    this.#activation.progress(data);
  }
}

// Frozen, as a change by one handler would affect all others.
Object.freeze(ActivationContext.prototype);

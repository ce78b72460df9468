// The async context in which handlers are executed. It attributes errors, and calls that end the thread, to
// the activation that started the code, even after its handler has returned.

import { AsyncLocalStorage } from "node:async_hooks";
import type { OwningModule } from "../wire/messages.ts";
import type { RunningActivation } from "./running_activation.ts";

/**
 * The activations that share an async context. An activation that may await has a context of its own.
 * Activations whose handlers are known not to await share one, as entering a context takes longer than
 * calling such a handler. Code that they leave running belongs to an activation that has ended.
 */
export class Owner {
  /** The activation whose handler is on the stack. */
  current: RunningActivation | undefined;
  #awaiting: RunningActivation | RunningActivation[] | undefined;
  #executed = 0;

  /** Records that the handler of an activation is about to be called. */
  enter(activation: RunningActivation): void {
    this.current = activation;
    this.#executed++;
  }

  /** Records that the handler of an activation has returned a promise. */
  awaits(activation: RunningActivation): void {
    if (this.#awaiting === undefined) this.#awaiting = activation;
    else this.#awaiting = [this.#awaiting, activation].flat();
  }

  /**
   * The activation to which the running code of this context belongs.
   *
   * @returns The activation; `"ended"` if it has ended, `"unknown"` if it may be one of several.
   */
  get culprit(): RunningActivation | "ended" | "unknown" {
    if (this.current?.isEnded === false) return this.current;
    const left = [this.#awaiting ?? []].flat().filter(({ isEnded }) => !isEnded);
    const [only = "ended"] = left;
    // Other activations that shared the context have ended, and may have left code running.
    return left.length > 0 && this.#executed > 1 ? "unknown" : only;
  }
}

/** A module that is loaded for a binding, and owns the code that it starts. */
export class ModuleOwner {
  readonly #binding: number;
  #isLoaded = false;

  /** @param binding The number of the binding. */
  constructor(binding: number) {
    this.#binding = binding;
  }

  /**
   * Records that the module has loaded. Code that it left running serves its handlers, but it is unknown
   * which ones.
   */
  loaded(): void {
    this.#isLoaded = true;
  }

  /** The module, as the owner of the running code of this context. */
  get culprit(): OwningModule {
    return { binding: this.#binding, isLoaded: this.#isLoaded };
  }
}

const owners = new AsyncLocalStorage<Owner | ModuleOwner>();
const outside = AsyncLocalStorage.snapshot();
let hasEntered = false;

// A store that a handler enters stays until the end of its context. If the context is shared, the following
// handlers need another one, so calls of `enterWith` are recorded.
const { enterWith } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.enterWith = function (store) {
  hasEntered = true;
  return enterWith.call(this, store);
};

/** Calls a function in the context of an owner. */
export function callAs<Arguments extends unknown[], Result>(
  owner: Owner | ModuleOwner,
  call: (...args: Arguments) => Result,
  ...args: Arguments
): Result {
  return owners.run(owner, call, ...args);
}

/** Calls a function outside the context of any activation. */
export function callOutside<Result>(call: () => Result): Result {
  return outside(call);
}

/** Returns the owner of the running code, if the platform knows it. */
export function currentOwner(): Owner | ModuleOwner | undefined {
  return owners.getStore();
}

/**
 * Checks whether `enterWith` was called since the last check, so that the context must not be shared any
 * more.
 */
export function wasContextEntered(): boolean {
  const was = hasEntered;
  hasEntered = false;
  return was;
}

// The async context that handlers are executed in: by it, what fails or ends the thread after a handler
// has returned is charged to the activation that started it.

import { AsyncLocalStorage } from "node:async_hooks";
import type { OwningModule } from "../wire/messages.ts";
import type { Activation } from "./activation.ts";

/**
 * The activations that share an async context. One that may await something has a context of its own. Of
 * those whose handlers are known to await nothing many share one, as to enter one takes longer than to
 * call such a handler: whatever they leave running belongs to an activation that has ended.
 */
export class Owner {
  /** The one whose handler is on the stack. */
  current: Activation | undefined;
  #awaiting: Activation | Activation[] | undefined;
  #executed = 0;

  /** Notes that the handler of an activation is about to be called. */
  enter(activation: Activation): void {
    this.current = activation;
    this.#executed++;
  }

  /** Notes that an activation has returned and awaits something. */
  awaits(activation: Activation): void {
    if (this.#awaiting === undefined) this.#awaiting = activation;
    else this.#awaiting = [this.#awaiting, activation].flat();
  }

  /**
   * The activation that something belongs to that happens in this context.
   *
   * @returns The activation; `"ended"` if it has ended, `"unknown"` if it may be one of several.
   */
  get culprit(): Activation | "ended" | "unknown" {
    if (this.current?.isEnded === false) return this.current;
    const left = [this.#awaiting ?? []].flat().filter(({ isEnded }) => !isEnded);
    const [only = "ended"] = left;
    // Others that shared the context with it have ended, and may have left something running.
    return left.length > 0 && this.#executed > 1 ? "unknown" : only;
  }
}

/** The module that is loaded for a binding: what it starts as it loads belongs to nothing else. */
export class ModuleOwner {
  readonly #binding: number;
  #isLoaded = false;

  /** @param binding The number of the binding. */
  constructor(binding: number) {
    this.#binding = binding;
  }

  /** The module has loaded: what it left running works for its handlers, nobody knows for which. */
  loaded(): void {
    this.#isLoaded = true;
  }

  /** The owner of something that happens in this context. */
  get culprit(): OwningModule {
    return { binding: this.#binding, isLoaded: this.#isLoaded };
  }
}

const owners = new AsyncLocalStorage<Owner | ModuleOwner>();
const outside = AsyncLocalStorage.snapshot();
let hasEntered = false;

// What a handler enters stays until its own context ends; where it shares that with others, they have
// to be given another one.
const { enterWith } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.enterWith = function (store) {
  hasEntered = true;
  return enterWith.call(this, store);
};

/** Calls a function in a context of its own. */
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

/** The owner of the running code, as far as the platform knows. */
export function currentOwner(): Owner | ModuleOwner | undefined {
  return owners.getStore();
}

/**
 * Checks whether something was entered since this was asked last, so that the context is not to be
 * shared.
 */
export function wasContextEntered(): boolean {
  const was = hasEntered;
  hasEntered = false;
  return was;
}

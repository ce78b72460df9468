import { elapsed } from "../data/clock.ts";
import type { BindingMessage } from "../wire/messages.ts";
import { notTriedAgain } from "./worker_errors.ts";

/** The number of workers in which a failing module is loaded without a pause. */
const AT_ONCE = 5;
/** The pause before each further load of a failing module, in milliseconds. */
const REST_MS = 1_000;

/**
 * The modules that did not load. The platform caches the error of a module for each thread, so a worker in
 * which a load failed is replaced, and a retry loads the module in another worker. To limit the number of
 * workers that a broken module uses up, its loads are spaced after the first few. Tasks that arrive during
 * a pause fail with the last error.
 */
export class ModuleFailures {
  readonly #failures = new Map<string, Failures>();
  /**
   * The modules that block the thread that loads them, and are loaded in no other thread until it has ended.
   */
  readonly #blocking = new Map<string, BlockingModule>();

  /** Records that a module did not load in a worker. */
  failed(module: string, workerId: string, error: Error): void {
    const failures = this.#failures.getOrInsertComputed(module, () => {
      return { count: 0, workerId: "", error, restsUntil: 0 };
    });
    // Each of its routines reports the same failure.
    if (failures.workerId !== workerId) failures.count++;
    failures.workerId = workerId;
    failures.error = error;
    if (failures.count >= AT_ONCE) failures.restsUntil = elapsed() + REST_MS;
  }

  /** Records that a module has loaded in a worker. */
  loaded(module: string): void {
    this.#failures.delete(module);
  }

  /** Records that a module blocks its thread. */
  block(by: BlockingModule): void {
    this.#blocking.set(by.module, by);
  }

  /** Records that the thread that a module blocked has ended. */
  unblock(by: BlockingModule): void {
    if (this.#blocking.get(by.module) === by) this.#blocking.delete(by.module);
  }

  /** Returns the error for a routine whose module may not be loaded now. */
  errorOf(binding: BindingMessage): Error | undefined {
    if (this.#failures.size === 0 && this.#blocking.size === 0) return undefined;
    const { module } = binding;
    const blocking = this.#blocking.get(module);
    if (blocking !== undefined) return blocking.error;
    const failures = this.#failures.get(module);
    if (failures === undefined || elapsed() >= failures.restsUntil) return undefined;
    return notTriedAgain(binding, failures.count, failures.error);
  }
}

/** A module that blocks its thread. */
export interface BlockingModule {
  readonly module: string;
  readonly error: Error;
}

/** The threads in which a module has failed to load since it last loaded in one. */
interface Failures {
  /** Number of workers in which it failed. */
  count: number;
  /** The last worker in which it failed. */
  workerId: string;
  error: Error;
  /** The time at which its pause ends, in milliseconds of the monotonic clock. */
  restsUntil: number;
}

import { elapsed } from "../data/clock.ts";
import type { BindingMessage } from "../wire/messages.ts";
import { notTriedAgain } from "./worker_errors.ts";

/** A module that fails in one thread after another gets this many at once. */
const AT_ONCE = 5;
/** Then it rests for so long after each failure, in milliseconds. */
const REST_MS = 1_000;

/**
 * The modules that did not load. A thread gives one that threw the same error for ever, so a worker in
 * which one failed is replaced, and what is tried again is tried in another. A module that fails each time
 * would start workers without end, at the cost of all other routines: it gets the first few at once, and
 * then one after each rest. Tasks that come in a rest fail with the last error.
 */
export class ModuleFailures {
  readonly #failures = new Map<string, Failures>();
  /** Those that block the thread that loads them: they are given no other until it has ended. */
  readonly #blocking = new Map<string, BlockingModule>();

  /** A module did not load in a worker. */
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

  /** A module has loaded in a worker. */
  loaded(module: string): void {
    this.#failures.delete(module);
  }

  /** A module keeps a thread from doing anything. */
  block(by: BlockingModule): void {
    this.#blocking.set(by.module, by);
  }

  /** The thread that a module held has ended. */
  unblock(by: BlockingModule): void {
    if (this.#blocking.get(by.module) === by) this.#blocking.delete(by.module);
  }

  /** The error by which a routine fails whose module is given no thread now. */
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

/** A module that keeps a thread from doing anything. */
export interface BlockingModule {
  readonly module: string;
  readonly error: Error;
}

/** The threads in which a module has failed to load since it last loaded in one. */
interface Failures {
  /** Number of workers in which it failed. */
  count: number;
  /** The last of them. */
  workerId: string;
  error: Error;
  /** The time from which it is given another thread, in milliseconds of the monotonic clock. */
  restsUntil: number;
}

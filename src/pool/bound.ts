import { fingerprintOf } from "../routine/fingerprint.ts";
import type { BindingMessage } from "../wire/messages.ts";
import type { Binding } from "./task.ts";

/** The estimate for a task of which none has been executed, in milliseconds: nothing waits behind it. */
const UNKNOWN_MS = 1_000;

/** The pool's record of a binding. */
export class Bound {
  /** Identifies it among the pool's bindings. */
  readonly number: number;
  /** The names of the slots: tasks are sent with the place in this list. */
  readonly slots: readonly string[];
  /** The message that introduces it to a worker. */
  readonly message: BindingMessage;
  /** About how long a task takes, in milliseconds. */
  estimate = UNKNOWN_MS;
  #isMeasured = false;

  constructor(number: number, binding: Binding) {
    const { routine, config, flowId, routineId, checkPayloads = true, highWaterMark } = binding;
    const { module, ordinal } = routine;
    const slots = Object.keys(routine.slots);
    const fingerprint = fingerprintOf(routine);
    this.number = number;
    this.slots = slots;
    this.message = {
      number,
      module,
      ordinal,
      fingerprint,
      slots,
      config,
      flowId,
      routineId,
      checkPayloads,
      highWaterMark,
    };
  }

  /** Learns how long a task took. */
  measured(ms: number): void {
    this.estimate = this.#isMeasured ? this.estimate + (ms - this.estimate) / 4 : ms;
    this.#isMeasured = true;
  }
}

/** The bindings of a pool, each known as long as somebody uses it. */
export class BoundTable {
  readonly #bounds = new WeakMap<Binding, Bound>();
  readonly #unused: FinalizationRegistry<number>;
  /**
   * The errors of modules that block the thread that loads them: they are given no other thread.
   */
  readonly #blocked = new Map<string, { readonly module: string; readonly error: Error }>();
  #numbered = 0;

  /**
   * Makes an empty table.
   *
   * @param onUnused Called with the number of a binding that nobody can use any more.
   */
  constructor(onUnused: (number: number) => void) {
    this.#unused = new FinalizationRegistry(onUnused);
  }

  /** A module keeps a thread from doing anything. */
  block(by: { readonly module: string; readonly error: Error }): void {
    this.#blocked.set(by.module, by);
  }

  /** The thread that a module held has ended. */
  unblock(by: { readonly module: string; readonly error: Error }): void {
    if (this.#blocked.get(by.module) === by) this.#blocked.delete(by.module);
  }

  /** The error by which tasks of a binding fail, as its module keeps a thread. */
  errorOf({ message }: Bound): Error | undefined {
    return this.#blocked.size === 0 ? undefined : this.#blocked.get(message.module)?.error;
  }

  /** Returns the record of a binding. */
  of(binding: Binding): Bound {
    let bound = this.#bounds.get(binding);
    if (bound === undefined) {
      bound = new Bound(++this.#numbered, binding);
      this.#bounds.set(binding, bound);
      this.#unused.register(binding, bound.number);
    }
    return bound;
  }
}

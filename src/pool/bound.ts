// The bindings that a pool knows: their numbers and messages for workers, and the estimated duration of their
// tasks. `Scheduler` and `WorkerLoads` look them up.

import { fingerprintOf } from "../routine/fingerprint_of.ts";
import type { BindingMessage, Way } from "../wire/messages.ts";
import { ModuleFailures } from "./module_failures.ts";
import type { Binding, Task } from "./task.ts";

/**
 * The estimate for tasks before the first one has been executed, in milliseconds. It is so long that no task
 * is placed behind such a task.
 */
const UNKNOWN_MS = 1_000;

/** The multiple of the estimate up to which a longer task changes it. */
const MAX_GROWTH = 4;

/** The pool's record of a binding. */
export class Bound {
  /** The number of the binding in the pool. */
  readonly number: number;
  /** The names of the slots. Tasks are sent with an index into this list. */
  readonly slots: readonly string[];
  /** The message that introduces the binding to a worker. */
  readonly message: BindingMessage;
  /** The receivers to which workers may go straight on; absent if there are none. */
  ways: readonly Way[] | undefined;
  /** The estimated duration of a task, in milliseconds. */
  estimate = UNKNOWN_MS;
  #isMeasured = false;

  constructor(number: number, binding: Binding) {
    const { routine, config, flowId, routineId, checkPayloads = true } = binding;
    const { highWaterMark, highWaterBytes, traceModule } = binding;
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
      highWaterBytes,
      traceModule,
    };
  }

  /**
   * Updates the estimate with the duration of a task. A single long one, as of a thread that was interrupted,
   * must not stop the placing of tasks behind others.
   */
  measured(ms: number): void {
    const { estimate } = this;
    const most = MAX_GROWTH * estimate;
    this.estimate = this.#isMeasured ? estimate + (Math.min(ms, most) - estimate) / 4 : ms;
    this.#isMeasured = true;
  }
}

/** The bindings of a pool, each of which is held as long as it is in use. */
export class BoundTable {
  /** The modules of the bindings that did not load. */
  readonly modules = new ModuleFailures();
  readonly #bounds = new WeakMap<Binding, Bound>();
  readonly #unused: FinalizationRegistry<number>;
  #numbered = 0;

  /**
   * Creates an empty table.
   *
   * @param onUnused Called with the number of a binding that is no longer used.
   */
  constructor(onUnused: (number: number) => void) {
    this.#unused = new FinalizationRegistry(onUnused);
  }

  /** Returns the record of the binding of a task. */
  ofTask({ binding, ways }: Task): Bound {
    const bound = this.of(binding);
    bound.ways ??= ways && this.#waysOf(ways);
    return bound;
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

  #waysOf(ways: NonNullable<Task["ways"]>): Way[] {
    return Array.from(ways, ([event, { binding, slot }]): Way => {
      const { number, slots } = this.of(binding);
      return [event, number, slots.indexOf(slot)];
    }).filter(([, , slot]) => slot >= 0);
  }
}

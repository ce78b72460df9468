import type { BindingMessage, Way } from "../wire/messages.ts";
import type { Item } from "../wire/items.ts";
import { BoundRoutine, type LoadConditions } from "./bound_routine.ts";

/** The routines that a worker knows, by the numbers that the host has assigned. */
export class RoutineTable {
  readonly #routines = new Map<number, BoundRoutine>();
  readonly #report: (item: Item) => void;
  readonly #modules = new Set<string>();
  #conditions!: LoadConditions;

  /** @param report Sends an item to the host. */
  constructor(report: (item: Item) => void) {
    this.#report = report;
  }

  /** Sets the conditions under which routines are loaded. */
  start(timeout: number, programStartedAt: number): void {
    this.#conditions = {
      timeout,
      programStartedAt,
      loaded: (module) => this.#modules.add(module),
      report: this.#report,
    };
  }

  /** Returns the routine with a number, if it is known. */
  get(number: number): BoundRoutine | undefined {
    return this.#routines.get(number);
  }

  /** Returns the routine of a message, and adds it if it is not known. */
  add(message: BindingMessage): BoundRoutine {
    return this.#routines.getOrInsertComputed(
      message.number,
      () => new BoundRoutine(message, this.#conditions),
    );
  }

  /** Sets the receivers to which the worker may go straight on from a routine. */
  setWays(number: number, ways: readonly Way[]): void {
    const bound = this.#routines.get(number);
    if (bound === undefined) return;
    bound.ways = new Map(ways.map(([event, binding, slot]) => [event, { binding, slot }]));
  }

  /** Drops a routine that will not be used again. */
  delete(number: number): void {
    this.#routines.delete(number);
  }

  /** Loads a routine before there is a task for it. */
  load(message: BindingMessage): void {
    const bound = this.add(message);
    // The routine itself reports errors of the load.
    if (!bound.isLoaded) bound.load().catch(() => {});
    else this.#report({ type: "loaded", binding: message.number, error: undefined });
  }

  /** The URLs of the modules that have loaded. */
  get modules(): ReadonlySet<string> {
    return this.#modules;
  }
}

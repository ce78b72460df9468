import type { RoutineLimit } from "./gate.ts";
import type { LiveActivation } from "./job.ts";
import type { Queued } from "./line.ts";

/** The keys of queued and executing activations of routines that are limited by key. */
export class ActivationKeys {
  readonly #limits: ReadonlyMap<string, RoutineLimit>;
  readonly #keys = new Map<LiveActivation, string>();
  /** The queued activations whose keys have to be set. */
  #missing: Queued[] = [];

  /** @param limits The limit of each limited routine, by id. */
  constructor(limits: ReadonlyMap<string, RoutineLimit>) {
    this.#limits = limits;
  }

  /** `true` if keys of queued activations have to be set. */
  get isIncomplete(): boolean {
    return this.#missing.length > 0;
  }

  /** Removes and returns the queued activations whose keys have to be set. */
  takeMissing(): readonly Queued[] {
    return this.#missing.splice(0);
  }

  /** Called when an activation is queued. */
  queued(queued: Queued): void {
    if (this.isMissing(queued.live)) this.#missing.push(queued);
  }

  /** Checks whether the key of an activation has to be set before it asks to enter. */
  isMissing(live: LiveActivation): boolean {
    if (this.#limits.size === 0) return false;
    return this.#limits.get(live.activation.routineId)?.isKeyed === true && !this.#keys.has(live);
  }

  /** Returns the key of an activation; `undefined` if it has none, or none yet. */
  get(live: LiveActivation): string | undefined {
    return this.#keys.get(live);
  }

  /** Sets the key of an activation. */
  set(live: LiveActivation, key: string): void {
    this.#keys.set(live, key);
  }

  /** Called when an activation has ended. */
  delete(live: LiveActivation): void {
    if (this.#keys.size > 0) this.#keys.delete(live);
  }
}

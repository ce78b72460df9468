// The configs of runs that change the config of their routine. `RunQueue` asks it for the binding of each such run.

import { faithfulCopy } from "../data/faithful_copy.ts";
import { isCopiedBy } from "../data/is_copied_by.ts";
import type { Routine } from "../routine/routine.ts";
import type { Binding } from "./task.ts";

/**
 * The number of runs with equal configs, one after the other, from which on the config is sent to each worker
 * once. To load another binding, the workers take longer than to read the config of a hundred runs.
 */
const MANY = 256;

/** The runs of one routine with changes to its config. */
export class ConfiguredRuns {
  readonly #routine: Routine;
  /** The binding of runs whose config is sent with each of them. */
  readonly #shared: Binding;
  #last: Configured;
  #copy: object = {};
  #repeated = 0;

  constructor(routine: Routine) {
    this.#routine = routine;
    this.#shared = this.#bind({});
    this.#last = { binding: this.#shared, config: {} };
  }

  /**
   * Returns the binding and the config of a run. Runs with equal small configs, one after the other, share
   * both. Runs with different configs share the binding, so that a worker loads the routine only once.
   *
   * @param change The changes to the config of the routine.
   * @throws {UncloneableValueError} If structured clone would lose a part of the config.
   */
  next(change: object): Configured {
    const config = { ...this.#routine.config, ...change };
    if (isCopiedBy(config, this.#copy)) {
      if (++this.#repeated === MANY) {
        this.#last = { binding: this.#bind(this.#copy), config: undefined };
      }
      return this.#last;
    }
    const copy = faithfulCopy(config, "config") as Binding["config"];
    const configured = { binding: this.#shared, config: copy };
    // A large config would be held for as long as the routine.
    if (isCopiedBy(config, copy)) {
      this.#last = configured;
      this.#copy = copy;
      this.#repeated = 0;
    }
    return configured;
  }

  #bind(config: object): Binding {
    const routine = this.#routine;
    return { routine, config: config as Binding["config"], flowId: "", routineId: "" };
  }
}

/** The binding of a run, and its config if that is not the config of the binding. */
interface Configured {
  readonly binding: Binding;
  readonly config: Binding["config"] | undefined;
}

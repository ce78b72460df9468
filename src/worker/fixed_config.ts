import { deepFreeze, isDeepFrozen } from "../data/deep_freeze.ts";
import { faithfulCopy } from "../data/faithful_copy.ts";
import type { BindingMessage } from "../wire/messages.ts";

type Config = BindingMessage["config"];

/** The config that was passed last, as the tasks of a message often share one. */
let last: Config | undefined;
let isLastFixed = false;

/**
 * Returns the config for one activation, of a task with a config of its own. It is frozen, as several tasks
 * may have the same; a copy if it contains mutable values, such as a Map.
 */
export function fixedConfig(config: Config): Config {
  if (config !== last) {
    last = deepFreeze(config);
    isLastFixed = isDeepFrozen(config);
  }
  return isLastFixed ? config : frozenCopy(config);
}

/** Returns a frozen copy of a config that contains mutable values. */
export function frozenCopy(config: Config): Config {
  return deepFreeze(faithfulCopy(config, "config") as Config);
}

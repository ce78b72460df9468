import { checkCount, checkLimit } from "../data/option.ts";
import { InvalidOptionError } from "../errors/invalid_option_error.ts";
import type { QueueLimits } from "./backpressure.ts";
import type { ExecutionStrategy, FlowOptions } from "./flow_options.ts";
import { inPlace } from "./in_place.ts";

/** What a flow is and keeps to, with its defaults. */
export interface FlowSettings {
  readonly id: string;
  readonly executionStrategy: ExecutionStrategy;
  readonly maxWorkers: number;
  readonly concurrency: number;
  readonly maxCrashes: number;
  readonly limits: QueueLimits;
}

/**
 * Checks the options of a flow.
 *
 * @throws {InvalidOptionError} If one has a value that it cannot have.
 */
export function settingsOf(options: FlowOptions): FlowSettings {
  const { id = "flow" } = options;
  if (typeof id !== "string" || id === "") {
    throw new InvalidOptionError("id", id, "a text that is not empty");
  }
  return inPlace({ flowId: id }, () => ({ id, ...limitsOf(options) }));
}

function limitsOf(options: FlowOptions): Omit<FlowSettings, "id"> {
  const { executionStrategy = "concurrent", pool, maxCrashes = 3 } = options;
  const { maxWorkers = pool?.maxWorkers ?? navigator.hardwareConcurrency } = options;
  // Whoever names a number of workers alone means that many activations as well.
  const { concurrency = options.maxWorkers ?? pool?.concurrency ?? maxWorkers } = options;
  const { highWaterMark = 10_000, maxQueuedPerJob = Infinity, maxQueued = Infinity } = options;
  if (executionStrategy !== "concurrent" && executionStrategy !== "sequential") {
    const expected = '"concurrent" or "sequential"';
    throw new InvalidOptionError("executionStrategy", executionStrategy, expected);
  }
  return {
    executionStrategy,
    maxWorkers: checkCount("maxWorkers", maxWorkers),
    concurrency: checkCount("concurrency", concurrency),
    maxCrashes: checkLimit("maxCrashes", maxCrashes),
    limits: {
      highWaterMark: checkLimit("highWaterMark", highWaterMark),
      maxQueuedPerJob: checkLimit("maxQueuedPerJob", maxQueuedPerJob),
      maxQueued: checkLimit("maxQueued", maxQueued),
    },
  };
}

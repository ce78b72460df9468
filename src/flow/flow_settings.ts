import {
  checkCount,
  checkFlag,
  checkFunction,
  checkId,
  checkLimit,
  checkMethod,
  checkOneOf,
} from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { POLICY } from "../graph/check_policy.ts";
import type { QueueLimits } from "./backpressure.ts";
import type { ExecutionStrategy, FlowOptions } from "./flow_options.ts";
import { checkHighWaterMark, queueMarkOf } from "./high_water_mark.ts";
import { withErrorContext } from "./with_error_context.ts";

/** The settings of a flow, with their defaults. */
export interface FlowSettings {
  readonly id: string;
  readonly executionStrategy: ExecutionStrategy;
  readonly maxWorkers: number;
  readonly concurrency: number;
  readonly maxCrashes: number;
  readonly limits: QueueLimits;
  /** The checked options. */
  readonly options: FlowOptions;
}

/** The checks of the options of a flow. */
const FLOW: OptionChecks<FlowOptions> = {
  ...POLICY,
  id: checkId,
  executionStrategy: checkOneOf("concurrent", "sequential"),
  maxWorkers: checkCount,
  concurrency: checkCount,
  pool: checkMethod("attach", "a WorkerPool, or another Pool"),
  store: checkMethod("append", "a MemoryStore, a SqliteStore, or another Store"),
  onStatus: checkFunction,
  tracing: checkMethod("open", "openTelemetry(), or another Tracing"),
  maxCrashes: checkLimit,
  highWaterMark: checkHighWaterMark,
  maxQueuedPerJob: checkLimit,
  maxQueued: checkLimit,
  maxJobs: checkLimit,
  checkPayloads: checkFlag,
  countOutages: checkFlag,
};

/**
 * Checks the options of a flow.
 *
 * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
 */
export function settingsOf(given: FlowOptions): FlowSettings {
  const id = checkId("id", given?.id ?? "flow");
  return withErrorContext({ flowId: id }, () => {
    const options = checkOptions("new Flow", given, FLOW);
    const { executionStrategy = "concurrent", pool, maxCrashes = 3 } = options;
    const { maxWorkers = pool?.maxWorkers ?? navigator.hardwareConcurrency } = options;
    // `concurrency` defaults to a given `maxWorkers`.
    const { concurrency = options.maxWorkers ?? pool?.concurrency ?? maxWorkers } = options;
    const { highWaterMark, maxQueuedPerJob = Infinity, maxQueued = Infinity } = options;
    // Checked again, as the defaults may come from a custom pool.
    const width = {
      maxWorkers: checkCount("maxWorkers", maxWorkers),
      concurrency: checkCount("concurrency", concurrency),
    };
    return {
      id,
      executionStrategy,
      ...executionStrategy === "sequential" ? { maxWorkers: 1, concurrency: 1 } : width,
      maxCrashes,
      limits: { ...queueMarkOf(highWaterMark), maxQueuedPerJob, maxQueued },
      options,
    };
  });
}

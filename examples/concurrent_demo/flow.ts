import { Flow } from "@millrace/flow";
import type { Store } from "@millrace/flow/store";
import type { RetryStrategy } from "@millrace/flow/types";
import type { Options } from "./options.ts";
import {
  dataAggregator,
  dataProcessor,
  dataReporter,
  dataSource,
  dataValidator,
  type Sample,
} from "./routines.ts";

/** Where the jobs of the flow start. */
export const ENTRY = "DataSource.trigger";

/** What a stage does that was made to fail; when all is in vain, its job fails. */
const RETRY: RetryStrategy = { strategy: "retry", maxRetries: 3, delay: 50, backoff: 2 };

/** What of the options makes the flow. */
export type FlowChoices = Pick<Options, "strategy" | "maxWorkers" | "chaos" | "seed">;

/**
 * The flow of the demo: five stages in a row, and a way past the fourth for what is invalid. Where
 * stages are made to fail, they are tried again; but the fourth is skipped, and leaves its work to the
 * fifth.
 */
export function readingsFlow({ strategy, maxWorkers, chaos, seed }: FlowChoices, store?: Store) {
  const config = { chaos, seed };
  const stage = { config, ...chaos > 0 && { onError: RETRY } };
  const skipped = { config, ...chaos > 0 && { onError: "skip" } as const };
  const options = { id: "readings", executionStrategy: strategy, maxWorkers };
  const flow = new Flow({ ...options, ...store && { store } })
    .add("DataSource", dataSource, stage)
    .add("DataProcessor", dataProcessor, stage)
    .add("DataValidator", dataValidator, stage)
    .add("DataAggregator", dataAggregator, skipped)
    .add("DataReporter", dataReporter, stage)
    .connect("DataSource.output", "DataProcessor.input")
    .connect("DataProcessor.output", "DataValidator.input")
    .connect("DataValidator.output", "DataAggregator.input")
    .connect("DataValidator.error", "DataReporter.rejected")
    .connect("DataAggregator.output", "DataReporter.aggregate");
  return chaos > 0 ? flow.connect("DataAggregator.$error", "DataReporter.ungathered") : flow;
}

/** The samples that the jobs start with, the invalid ones first. */
export function samples({ jobs, invalid }: Pick<Options, "jobs" | "invalid">): Sample[] {
  return Array.from({ length: jobs }, (_, i) => ({
    gauge: `gauge_${i + 1}`,
    level: i < invalid ? 900 + i : 60 + (i * 17) % 120,
  }));
}

import { Flow, type JobState } from "@millrace/flow";
import { FlowChangedError } from "@millrace/flow/errors";
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

/** The slot at which the jobs of the flow start. */
export const ENTRY = "DataSource.trigger";

/** The policy of stages that fail on purpose. When no retries are left, the job fails. */
const RETRY: RetryStrategy = { strategy: "retry", maxRetries: 3, delay: 50, backoff: 2 };

/** The options that affect the flow. */
export type FlowChoices = Pick<Options, "strategy" | "maxWorkers" | "chaos" | "seed">;

/**
 * Creates the flow of the demo: five stages in a row, and a path around the fourth for invalid
 * readings. Stages that fail on purpose are retried, except the fourth, which is skipped and leaves
 * its work to the fifth.
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

/** Returns the samples with which the jobs start, the invalid ones first. */
export function samples({ jobs, invalid }: Pick<Options, "jobs" | "invalid">): Sample[] {
  return Array.from({ length: jobs }, (_, i) => ({
    gauge: `gauge_${i + 1}`,
    level: i < invalid ? 900 + i : 60 + (i * 17) % 120,
  }));
}

type ReadingsFlow = ReturnType<typeof readingsFlow>;

/**
 * Starts the jobs, or takes over the jobs of an earlier run, including those that have ended.
 *
 * @returns The jobs, or the reason why they cannot be resumed, in one line.
 */
export async function takeIn(
  flow: ReadingsFlow,
  options: Options,
  store: Store | undefined,
): Promise<JobState[] | string> {
  if (!options.resume) {
    return samples(options).map((sample, i) =>
      flow.start(ENTRY, sample, { jobId: `job_${i + 1}` })
    );
  }
  try {
    await flow.recover();
  } catch (error) {
    if (!(error instanceof FlowChangedError)) throw error;
    return `--store ${options.store} was begun ${
      options.chaos > 0 ? "without" : "with"
    } --chaos; resume it the same way`;
  }
  // The store lists the newest first.
  const jobIds = store?.jobs({ flowId: flow.id }).map(({ jobId }) => jobId).reverse() ?? [];
  return jobIds.flatMap((jobId) => flow.job(jobId) ?? []);
}

import { Flow } from "@millrace/flow";
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

/** The flow of the demo: five stages in a row, and a way past the fourth for what is invalid. */
export function readingsFlow({ strategy, maxWorkers }: Pick<Options, "strategy" | "maxWorkers">) {
  return new Flow({ id: "readings", executionStrategy: strategy, maxWorkers })
    .add("DataSource", dataSource)
    .add("DataProcessor", dataProcessor)
    .add("DataValidator", dataValidator)
    .add("DataAggregator", dataAggregator)
    .add("DataReporter", dataReporter)
    .connect("DataSource.output", "DataProcessor.input")
    .connect("DataProcessor.output", "DataValidator.input")
    .connect("DataValidator.output", "DataAggregator.input")
    .connect("DataValidator.error", "DataReporter.rejected")
    .connect("DataAggregator.output", "DataReporter.aggregate");
}

/** The samples that the jobs start with, the invalid ones first. */
export function samples({ jobs, invalid }: Pick<Options, "jobs" | "invalid">): Sample[] {
  return Array.from({ length: jobs }, (_, i) => ({
    gauge: `gauge_${i + 1}`,
    level: i < invalid ? 900 + i : 60 + (i * 17) % 120,
  }));
}

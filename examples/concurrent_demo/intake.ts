import type { JobState } from "@millrace/flow";
import { FlowChangedError } from "@millrace/flow/errors";
import type { Store } from "@millrace/flow/store";
import { ENTRY, type readingsFlow, samples } from "./flow.ts";
import type { Options } from "./options.ts";

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

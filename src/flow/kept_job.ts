import { fold } from "../engine/apply.ts";
import type { Store } from "../store/store.ts";
import { JobView } from "./job_view.ts";

/** The job of an id as the store has it, which may have jobs of other flows, too. */
export function keptJob(store: Store, flowId: string, jobId: string): JobView | undefined {
  const kept = store.read(jobId);
  const job = kept && fold(kept.events, kept.snapshot);
  if (job?.flowId !== flowId) return undefined;
  return new JobView(job, () => store.read(jobId)?.events ?? []);
}

import { fold } from "../engine/apply.ts";
import { hasEnded } from "../engine/job.ts";
import { UnknownJobError } from "../errors/job_errors.ts";
import type { Store } from "../store/store.ts";
import { JobView } from "./job_view.ts";

/** The job of an id as the store has it, which may have jobs of other flows, too. */
export function storedJob(store: Store, flowId: string, jobId: string): JobView | undefined {
  const kept = store.latest(jobId);
  // Without its beginning a job cannot be shown; those that this process runs are not looked for here.
  if (kept === undefined || kept.snapshot === undefined && kept.events[0]?.seq !== 1) {
    return undefined;
  }
  const job = fold(kept.events, kept.snapshot);
  if (job.flowId !== flowId) return undefined;
  const view = new JobView(job, () => store.read(jobId)?.events ?? []);
  // No flow runs it, so nothing would settle the promises that wait for its end.
  if (!hasEnded(job)) view.leave(new UnknownJobError(flowId, jobId, true));
  return view;
}

import { fold } from "../engine/apply.ts";
import { hasEnded } from "../engine/job.ts";
import { UnknownJobError } from "../errors/job_errors.ts";
import type { Store } from "../store/store.ts";
import { JobView } from "./job_view.ts";
import { ownEvents, readable } from "./own_events.ts";

/**
 * Returns the stored job with an id, if it belongs to a flow. A store may have jobs of other flows as well.
 */
export function storedJob(store: Store, flowId: string, jobId: string): JobView | undefined {
  const kept = store.latest(jobId);
  // A job cannot be restored without its first event. Jobs that this process runs are not looked up here.
  if (kept === undefined || kept.snapshot === undefined && kept.events[0]?.seq !== 1) {
    return undefined;
  }
  const job = fold(kept.events, kept.snapshot);
  if (job.flowId !== flowId) return undefined;
  const view = new JobView(job, {
    eventsOf: (job) => ownEvents(job, readable(() => store.read(jobId))),
  });
  // No flow runs the job, so waits for its end would never settle.
  if (!hasEnded(job)) view.leave(new UnknownJobError(flowId, jobId, true));
  return view;
}

import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { StoredJob } from "../store/store.ts";

/**
 * Returns the stored JobEvents of the run that a JobState shows, up to the last one that it shows. Returns an
 * empty list if the store cannot be read, has dropped the job, or has another job with its id by now.
 *
 * @param job The job, as the JobState shows it.
 * @param stored The stored job with the same id, if it can be read.
 */
export function ownEvents(job: Job, stored: StoredJob | undefined): readonly JobEvent[] {
  if (stored === undefined || !isOfRun(job, stored)) return [];
  const { events } = stored;
  const last = events.at(-1)?.seq ?? 0;
  return last <= job.seq ? events : events.filter(({ seq }) => seq <= job.seq);
}

/** Reads a stored job; `undefined` if the store cannot be read. Never throws. */
export function readable(read: () => StoredJob | undefined): StoredJob | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Checks whether a stored job is the same run, as the id of a deleted job can be reused. */
function isOfRun(job: Job, { events, snapshot }: StoredJob): boolean {
  const [first] = events;
  const createdAt = first?.type === "job_started" ? first.createdAt ?? first.at : undefined;
  if (createdAt !== undefined) return createdAt === job.createdAt;
  if (snapshot !== undefined) return snapshot.createdAt === job.createdAt;
  // Without the first event and a snapshot, the times are compared: another run with this id would have begun
  // later.
  const last = events.at(-1);
  return last !== undefined && last.seq >= job.seq &&
    events.some(({ seq, at }) => seq === job.seq && at <= (job.changedAt ?? at));
}

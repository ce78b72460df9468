import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { StoredJob } from "../store/store.ts";

/**
 * Returns the JobEvents that a store has of a job, for as long as a JobState of it is about: no event that
 * came after what the JobState shows, and none at all if the store has let go of the job, has another one
 * under its id by now, or cannot be read any more. Never throws.
 *
 * @param job The job, as the JobState shows it.
 * @param read Reads what is stored under its id.
 */
export function ownEvents(job: Job, read: () => StoredJob | undefined): readonly JobEvent[] {
  const stored = readable(read);
  if (stored === undefined || !isOfRun(job, stored)) return [];
  const { events } = stored;
  const last = events.at(-1)?.seq ?? 0;
  return last <= job.seq ? events : events.filter(({ seq }) => seq <= job.seq);
}

function readable(read: () => StoredJob | undefined): StoredJob | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Checks whether what is stored is of the same run: an id is free again once its job was deleted. */
function isOfRun(job: Job, { events, snapshot }: StoredJob): boolean {
  const [first] = events;
  const createdAt = first?.type === "job_started" ? first.createdAt ?? first.at : undefined;
  if (createdAt !== undefined) return createdAt === job.createdAt;
  if (snapshot !== undefined) return snapshot.createdAt === job.createdAt;
  // Of its beginning nothing is left: another run would have begun after this one.
  const last = events.at(-1);
  return last !== undefined && last.seq >= job.seq &&
    events.some(({ seq, at }) => seq === job.seq && at <= (job.changedAt ?? at));
}

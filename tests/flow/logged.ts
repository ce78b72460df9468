import type { JobState } from "@millrace/flow";

/** Returns the entries of a job's shared log. */
export function logged({ sharedLog }: JobState): unknown[] {
  return sharedLog.map(({ data }) => data);
}

import type { JobState } from "@millrace/flow";

/** What was appended to a job's shared log. */
export function logged({ sharedLog }: JobState): unknown[] {
  return sharedLog.map(({ data }) => data);
}

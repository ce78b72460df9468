import { messageOf } from "../errors/message_of.ts";
import { printable, printableLines } from "../errors/printable.ts";
import { plural } from "../terminal/plural.ts";
import type { JobSummary } from "../store/store.ts";
import { CommandError } from "./command_error.ts";

/** The number of jobs that are named as damaged. */
const NAMED = 5;

/**
 * Makes a view of jobs. If that fails, jobs whose records are damaged are left out, and named on the standard error, so
 * that they do not hide the others.
 *
 * @param view Makes the view of some of the jobs; it fails if one of them is damaged.
 * @throws The error of the view if no job is damaged, or if all of them are.
 */
export function ofReadable<View>(
  jobs: readonly JobSummary[],
  view: (jobs: readonly JobSummary[]) => View,
): View {
  try {
    return view(jobs);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const reasons = new Map<JobSummary, string>();
    for (const job of jobs) {
      try {
        view([job]);
      } catch (reason) {
        reasons.set(job, messageOf(reason));
      }
    }
    if (reasons.size === 0 || reasons.size === jobs.length) throw error;
    const names = [...reasons].slice(0, NAMED)
      .map(([{ jobId }, reason]) => `\n  ${printable(jobId)}: ${printable(reason)}`);
    const more = reasons.size > NAMED ? "\n  and others" : "";
    // deno-lint-ignore no-console
    console.error(printableLines(
      `millrace: left out ${plural(reasons.size, "job")} that cannot be read:${
        names.join("")
      }${more}`,
    ));
    return view(jobs.filter((job) => !reasons.has(job)));
  }
}

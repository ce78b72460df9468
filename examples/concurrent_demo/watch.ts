import type { JobState } from "@millrace/flow";
import { now } from "./clock.ts";
import { LiveBlock, type Terminal } from "./live_block.ts";
import type { StatusView } from "./status_view.ts";
import { seconds } from "./text.ts";

/** How to watch jobs. */
export interface Watching {
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** How to show a job. */
  readonly view: StatusView;
  /** Where to show them in place; without it they are printed, a line per job at each look. */
  readonly terminal: Terminal | undefined;
  /** Ends the watch although jobs have not ended. */
  readonly until?: AbortSignal | undefined;
}

/** Shows how jobs are, at once and at every interval, until all have ended, or no longer. */
export async function watch(
  jobs: readonly JobState[],
  { interval, view, terminal, until }: Watching,
): Promise<void> {
  using block = terminal && new LiveBlock(terminal);
  const startedAt = now();
  const look = () => {
    const at = now();
    if (block === undefined) {
      for (const job of jobs) console.log(`  ${seconds(at - startedAt)}  ${view.line(job, at)}`);
    } else {
      const lines = [...view.block(jobs, block.room - 1, at), view.total(jobs, at - startedAt)];
      block.draw(lines.map((line) => `  ${line}`));
    }
  };
  look();
  const timer = setInterval(look, interval);
  try {
    await Promise.all(jobs.map((job) => job.waitForCompletion({ ...until && { signal: until } })));
  } catch (error) {
    if (!until?.aborted) throw error;
  } finally {
    clearInterval(timer);
  }
  look();
}

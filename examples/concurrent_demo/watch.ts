import type { JobState } from "@millrace/flow";
import { now } from "./clock.ts";
import { LiveBlock, type Terminal } from "./live_block.ts";
import type { StatusView } from "./status_view.ts";
import { seconds } from "./text.ts";

/** Options of {@linkcode watch}. */
export interface Watching {
  /** The interval between two updates, in milliseconds. */
  readonly interval: number;
  /** The view of the jobs. */
  readonly view: StatusView;
  /**
   * The terminal on which they are redrawn in place; otherwise, each update prints a line per job.
   */
  readonly terminal: Terminal | undefined;
  /** Ends the watch before the jobs have ended. */
  readonly until?: AbortSignal | undefined;
}

/**
 * Shows the status of jobs, at once and at every interval, until all have ended or `until` aborts.
 */
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

/** The figures of one moment of a soak. */
export interface Sample {
  readonly activations: number;
  /** Resident memory, in megabytes. */
  readonly rss: number;
  /** The host's heap, in megabytes. */
  readonly heap: number;
  readonly live: number;
  readonly lost: number;
}

/** The tolerance of later samples over earlier ones: memory is never quite still. */
const MORE = 1.3, SLACK_MB = 40, HEAP_SLACK_MB = 8;

/** Names the figures that grow, comparing the last third with the middle one: the first warms up. */
export function faultsIn(samples: readonly Sample[], maxWorkers: number): string[] {
  const third = Math.floor(samples.length / 3);
  const middle = samples.slice(third, 2 * third), last = samples.slice(2 * third);
  const faults: string[] = [];
  for (const [what, slack] of [["rss", SLACK_MB], ["heap", HEAP_SLACK_MB]] as const) {
    // The least that was seen is what a collection left.
    const before = Math.min(...middle.map((sample) => sample[what]));
    const after = Math.min(...last.map((sample) => sample[what]));
    if (after > before * MORE && after > before + slack) {
      faults.push(`${what} grew from ${before.toFixed(1)} to ${after.toFixed(1)} MB`);
    }
  }
  const most = Math.max(...samples.map(({ live }) => live));
  if (most > maxWorkers) faults.push(`there were ${most} workers, of ${maxWorkers}`);
  return faults;
}

/** The median, with the spread around it. */
export interface Spread {
  /** The middle sample, or the mean of the two middle samples. */
  readonly median: number;
  /** The smallest sample. */
  readonly min: number;
  /** The largest sample. */
  readonly max: number;
  /** All samples, in the order of the rounds. */
  readonly samples: readonly number[];
}

/** Returns the median and the spread of samples. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? NaN;
  const high = sorted[Math.floor(middle)] ?? NaN;
  return {
    median: (low + high) / 2,
    min: sorted[0] ?? NaN,
    max: sorted.at(-1) ?? NaN,
    samples,
  };
}

/** Returns the median of samples. */
export function medianOf(samples: readonly number[]): number {
  return spreadOf(samples).median;
}

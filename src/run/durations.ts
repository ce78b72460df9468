/** The number of buckets in which a duration doubles, so that a quantile is exact to about 4 percent. */
const BUCKETS_PER_DOUBLING = 8;

/** The durations below this share one bucket, in milliseconds. */
const LEAST = 0.001;

/** The number of buckets, which reach to about 12 days. */
const BUCKETS = 320;

/**
 * The distribution of durations, in constant memory. The buckets grow geometrically, as in the DDSketch of
 * Masson, Rim and Lee (2019), which bounds the relative error of a quantile.
 */
export class Durations {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #least = Infinity;
  #most = 0;

  /** The number of durations. */
  get count(): number {
    return this.#count;
  }

  /** The sum of the durations, in milliseconds. */
  get sum(): number {
    return this.#sum;
  }

  /** The longest duration, in milliseconds; `undefined` if there is none. */
  get max(): number | undefined {
    return this.#count === 0 ? undefined : this.#most;
  }

  /** Adds a duration, in milliseconds. One below 0, from a clock that was set, counts as 0. */
  add(duration: number): void {
    const ms = Math.max(0, duration);
    this.#counts[bucketOf(ms)]!++;
    this.#count++;
    this.#sum += ms;
    if (ms < this.#least) this.#least = ms;
    if (ms > this.#most) this.#most = ms;
  }

  /**
   * Returns the duration that a part of the durations does not exceed, in milliseconds.
   *
   * @param part The part, from 0 to 1, such as 0.5 for the median.
   */
  quantile(part: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = Math.max(1, Math.ceil(part * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return Math.min(this.#most, Math.max(this.#least, middleOf(bucket)));
    }
    return this.#most;
  }
}

function bucketOf(ms: number): number {
  if (ms <= LEAST) return 0;
  const bucket = 1 + Math.floor(Math.log2(ms / LEAST) * BUCKETS_PER_DOUBLING);
  return Math.min(BUCKETS - 1, bucket);
}

/** Returns the geometric middle of a bucket. */
function middleOf(bucket: number): number {
  return bucket === 0 ? LEAST : LEAST * 2 ** ((bucket - 0.5) / BUCKETS_PER_DOUBLING);
}

/** The settings for the processes that measure. */
export interface Settings {
  /** The number of workers of each contender. */
  readonly maxWorkers: number;
  /** `true` for small sizes, to try the benchmark; such results must not be quoted. */
  readonly quick: boolean;
  /** The number of loops of `spin` that keep a CPU of this machine busy for a millisecond. */
  readonly loopsPerMs: number;
}

/** A measured quantity. */
export interface Figure {
  /** Its key in a {@linkcode Sample}. */
  readonly key: string;
  /** Its heading. */
  readonly title: string;
  /** Its unit. */
  readonly unit: "tasks/s" | "activations/s" | "µs" | "ms" | "×" | "MB" | "bytes";
}

/** The figures of one measurement, by key. */
export type Sample = Readonly<Record<string, number>>;

/** One case of a workload, ready to be measured repeatedly. */
export interface Probe {
  /** The version of the contender. */
  readonly version?: string | undefined;
  /** Measures once. Throws unless every task really ran. */
  measure(): Promise<Sample>;
  /** Ends the contender. */
  close(): Promise<void>;
}

/** Work that every contender does, or that is done in several sizes. */
export interface Workload {
  /** Its name for `--only`. */
  readonly name: string;
  /** Its heading. */
  readonly title: string;
  /** The description of the work and the meaning of the figures, in a sentence or two. */
  readonly about: string;
  /** The figures, in the order of the table. */
  readonly figures: readonly Figure[];
  /** The rows of the table: contenders or sizes. */
  readonly cases: readonly string[];
  /** `true` if each round needs a process of its own, because earlier rounds would affect it. */
  readonly isFresh?: boolean;
  /** The maximum number of useful rounds. */
  readonly maxRounds?: number;
  /** The time after which a round, or its preparation, counts as hanging, in milliseconds. */
  readonly timeLimit?: number;
  /** Prepares and warms up a case. Called in the process of that case. */
  open(name: string, settings: Settings): Promise<Probe>;
}

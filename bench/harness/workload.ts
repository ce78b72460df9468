/** What the processes that measure are told. */
export interface Settings {
  /** How many workers every contender has. */
  readonly maxWorkers: number;
  /** Whether sizes are small: to try the benchmark, not to quote it. */
  readonly quick: boolean;
  /** How many loops of `spin` keep a CPU of this machine busy for a millisecond. */
  readonly loopsPerMs: number;
}

/** Something that is measured. */
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

/** One case of a workload, ready to be measured again and again. */
export interface Probe {
  /** The version of what is measured. */
  readonly version?: string | undefined;
  /** Measures once. It throws if not every task really ran. */
  measure(): Promise<Sample>;
  /** Ends what runs. */
  close(): Promise<void>;
}

/** Something to be done by every contender, or in several sizes. */
export interface Workload {
  /** Its name for `--only`. */
  readonly name: string;
  /** Its heading. */
  readonly title: string;
  /** What is done and what the figures say, in a sentence or two. */
  readonly about: string;
  /** The figures, in the order of the table. */
  readonly figures: readonly Figure[];
  /** The rows of the table: contenders or sizes. */
  readonly cases: readonly string[];
  /** Whether each round has a process of its own, because the last one leaves traces. */
  readonly isFresh?: boolean;
  /** The most rounds that are worth their time. */
  readonly maxRounds?: number;
  /** Milliseconds after which a round, or getting ready for the first, counts as hung. */
  readonly timeLimit?: number;
  /** Gets a case ready, warmed up. It is called in the process of that case. */
  open(name: string, settings: Settings): Promise<Probe>;
}

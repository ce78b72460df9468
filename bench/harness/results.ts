import type { Machine } from "./machine.ts";
import type { Spread } from "./stats.ts";
import type { Figure } from "./workload.ts";

/** A row of a workload's table. */
export interface CaseResult {
  /** The contender or the size. */
  readonly name: string;
  /** The version of the contender. */
  readonly version?: string | undefined;
  /** The figures, by key. */
  readonly figures: Readonly<Record<string, Spread>>;
  /** The reason why it has no figures, or fewer rounds than the others. */
  readonly failure?: string | undefined;
}

/** A workload's table. */
export interface WorkloadResult {
  /** Its name for `--only`. */
  readonly name: string;
  /** Its heading. */
  readonly title: string;
  /** The description. */
  readonly about: string;
  /** The columns. */
  readonly figures: readonly Figure[];
  /** The rows. */
  readonly cases: readonly CaseResult[];
}

/** The unit of a goal: a ratio, or a quantity. */
export type GoalUnit = Extract<Figure["unit"], "×" | "µs" | "bytes">;

/** The result for a goal. */
export interface GoalResult {
  /** The compared figures. */
  readonly figure: string;
  /** The goal. */
  readonly goal: string;
  /** The unit of the value; absent for a ratio. */
  readonly unit?: GoalUnit | undefined;
  /** The measured value; absent if it was not measured. */
  readonly value?: Spread | undefined;
  /** `true` if the goal was met. */
  readonly passed?: boolean | undefined;
}

/** The results of a run of the benchmark. */
export interface Results {
  /** The command of the run. */
  readonly command: string;
  /** The time at which it was started. */
  readonly date: string;
  /** The machine on which it ran. */
  readonly machine: Machine;
  /** The number of rounds. */
  readonly rounds: number;
  /** `true` if sizes were small, so that the results must not be quoted. */
  readonly quick: boolean;
  /** The number of workers of each contender. */
  readonly maxWorkers: number;
  /** The results of the workloads. */
  readonly workloads: readonly WorkloadResult[];
  /** The results for the goals. */
  readonly goals: readonly GoalResult[];
}

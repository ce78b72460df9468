import type { Machine } from "./machine.ts";
import type { Spread } from "./stats.ts";
import type { Figure } from "./workload.ts";

/** A row of a workload's table. */
export interface CaseResult {
  /** The contender or the size. */
  readonly name: string;
  /** The version of what was measured. */
  readonly version?: string | undefined;
  /** The figures, by key. */
  readonly figures: Readonly<Record<string, Spread>>;
  /** Why it has no figures, or fewer rounds than the others. */
  readonly failure?: string | undefined;
}

/** A workload's table. */
export interface WorkloadResult {
  /** Its name for `--only`. */
  readonly name: string;
  /** Its heading. */
  readonly title: string;
  /** What is done. */
  readonly about: string;
  /** The columns. */
  readonly figures: readonly Figure[];
  /** The rows. */
  readonly cases: readonly CaseResult[];
}

/** A figure that must be reached. */
export interface GoalResult {
  /** What is held against what. */
  readonly figure: string;
  /** What must be reached. */
  readonly goal: string;
  /** What was reached, or nothing if it was not measured. */
  readonly value?: Spread | undefined;
  /** Whether it was reached. */
  readonly passed?: boolean | undefined;
}

/** All that a run of the benchmark found. */
export interface Results {
  /** The command that made it. */
  readonly command: string;
  /** When it was started. */
  readonly date: string;
  /** Where it ran. */
  readonly machine: Machine;
  /** How many rounds. */
  readonly rounds: number;
  /** Whether sizes were small, so that nothing here is to be quoted. */
  readonly quick: boolean;
  /** How many workers every contender had. */
  readonly maxWorkers: number;
  /** What was measured. */
  readonly workloads: readonly WorkloadResult[];
  /** What must be reached. */
  readonly goals: readonly GoalResult[];
}

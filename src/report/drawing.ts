import type { Palette } from "../terminal/palette.ts";
import type { Execution } from "./executions.ts";

/** The place and the manner in which jobs are drawn over time. */
export interface Drawing {
  /** The time from the left edge to the right one. */
  readonly whole: { readonly startedAt: number; readonly endedAt: number };
  /** The width of the lines. */
  readonly columns: number;
  readonly palette: Palette;
  /** `true` if waits are drawn. */
  readonly hasWaits: boolean;
  /** The place where the reader finds the exact times, if bars share lines. */
  readonly timesIn: string | undefined;
}

/** A job to draw. */
export interface DrawnJob {
  readonly jobId: string;
  /** Its executions, sorted by start. */
  readonly executions: readonly Execution[];
  /** Its waits for signals. */
  readonly waits: readonly DrawnWait[];
}

/** A wait of a routine for a signal. */
export interface DrawnWait {
  readonly routineId: string;
  readonly signal: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

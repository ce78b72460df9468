/** What a task does wrong. */
export type Misdeed =
  | "throws"
  | "throwsLate"
  | "leavesRejection"
  | "closes"
  | "exits"
  | "returnsUncloneable"
  | "failsToLoad"
  | "neverLoads"
  | "overflows"
  | "spins"
  | "blocks";

/** A row of the matrix. */
export interface Row {
  readonly misdeed: Misdeed;
  readonly title: string;
  /** Whether every pool is told to stop it after {@linkcode TIMEOUT_MS}, in its own way. */
  readonly isTimed: boolean;
}

/** How long a task may take that only a timeout can end. */
export const TIMEOUT_MS = 500;

export const ROWS: readonly Row[] = [
  { misdeed: "throws", title: "throw", isTimed: false },
  { misdeed: "throwsLate", title: "late throw", isTimed: false },
  { misdeed: "leavesRejection", title: "unhandled rejection", isTimed: false },
  { misdeed: "closes", title: "`self.close()`", isTimed: false },
  { misdeed: "exits", title: "`Deno.exit()`", isTimed: false },
  { misdeed: "returnsUncloneable", title: "result that cannot be cloned", isTimed: false },
  { misdeed: "failsToLoad", title: "module that fails to load", isTimed: false },
  { misdeed: "neverLoads", title: "top-level await that never ends", isTimed: true },
  { misdeed: "overflows", title: "stack overflow", isTimed: false },
  { misdeed: "spins", title: "endless loop, timed out", isTimed: true },
  { misdeed: "blocks", title: "blocked `Atomics.wait`, timed out", isTimed: true },
];

/** The kind of a failing task. */
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

/** A row of the table. */
export interface Row {
  readonly misdeed: Misdeed;
  readonly title: string;
  /** `true` if every pool gets a timeout of {@linkcode TIMEOUT_MS} for it, by its own means. */
  readonly isTimed: boolean;
}

/** The timeout of tasks that never end, in milliseconds. */
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

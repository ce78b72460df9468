// The ways in which a worker can die or hang, and the error that each has to lead to.

import { Flow, type FlowOptions, type RoutinePolicy } from "@millrace/flow";
import {
  ActivationTimeoutError,
  ModuleLoadError,
  UncaughtError,
  UncloneableValueError,
  WorkerLostError,
} from "@millrace/flow/errors";
import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { failsToLoad } from "./fails_to_load.ts";
import { neverLoads } from "./never_loads.ts";
import { chaotic, healthy } from "./routines.ts";

/** The limits here for handlers that never end, and for modules that never load. */
export const RUN_TIMEOUT = 400, LOAD_TIMEOUT = 1_500, GRACE = 50;

/** Where a chaotic job starts. */
export type Entry =
  | `chaotic.${keyof typeof chaotic.slots}`
  | "failsToLoad.item"
  | "neverLoads.item";

/** One way to do wrong. */
export interface Row {
  readonly name: string;
  readonly entry: Entry;
  /** The class of the job's error. */
  readonly type: new (...args: never[]) => Error;
  readonly message: RegExp;
  /** Its `cause`. */
  readonly cause?: { readonly type: new (...args: never[]) => Error; readonly message: RegExp };
  /** Set if the handler holds its thread, so that only a timeout can end it. */
  readonly holds?: true;
  /** Set if it is the module that does it, so that no handler is ever called. */
  readonly isModule?: true;
}

const STOPPED = { type: WorkerLostError, message: /did not stop within 50 ms of being asked to/ };

export const ROWS: readonly Row[] = [
  {
    name: "a throw",
    entry: "chaotic.throws",
    type: TypeError,
    message: /^thrown at once$/,
  },
  {
    name: "a late throw",
    entry: "chaotic.throwsLate",
    type: UncaughtError,
    message: /left running failed: RangeError: thrown late; await all/,
    cause: { type: RangeError, message: /^thrown late$/ },
  },
  {
    name: "an unhandled rejection",
    entry: "chaotic.leavesRejection",
    type: UncaughtError,
    message: /left running failed: TypeError: nobody catches this; await all/,
    cause: { type: TypeError, message: /^nobody catches this$/ },
  },
  {
    name: "self.close()",
    entry: "chaotic.closes",
    type: WorkerLostError,
    message: /^worker w\d+ ended in the middle of its work: a routine called self\.close\(\);/,
  },
  {
    name: "Deno.exit()",
    entry: "chaotic.exits",
    type: WorkerLostError,
    message: /^worker w\d+ ended in the middle of its work: a routine called Deno\.exit\(3\)/,
  },
  {
    name: "an uncloneable result",
    entry: "chaotic.emitsUncloneable",
    type: UncloneableValueError,
    message: /^payload of "done"\.callback is a function/,
  },
  {
    name: "an unloadable module",
    entry: "failsToLoad.item",
    type: ModuleLoadError,
    message: /^the module of routine "failsToLoad" does not load in a worker: no licence here/,
    cause: { type: RangeError, message: /^no licence here$/ },
    isModule: true,
  },
  {
    name: "an endless top-level await",
    entry: "neverLoads.item",
    type: ModuleLoadError,
    message: /not done within 1500 ms; see what its top level awaits/,
    isModule: true,
  },
  {
    name: "a stack overflow",
    entry: "chaotic.overflows",
    type: RangeError,
    message: /^Maximum call stack size exceeded$/,
  },
  {
    name: "an endless loop",
    entry: "chaotic.spins",
    type: ActivationTimeoutError,
    message: /^"chaotic" did not end within 400 ms; allow more by runTimeout/,
    cause: STOPPED,
    holds: true,
  },
  {
    name: "a blocked Atomics.wait",
    entry: "chaotic.blocks",
    type: ActivationTimeoutError,
    message: /^"chaotic" did not end within 400 ms; allow more by runTimeout/,
    cause: STOPPED,
    holds: true,
  },
];

/** A flow that can do all of it, besides work that is well. */
export function chaosFlow(
  { holds }: Row,
  options: FlowOptions,
  policy: RoutinePolicy = {},
) {
  const all = { ...policy, ...holds && { runTimeout: RUN_TIMEOUT } };
  return new Flow({ id: "chaos", ...options })
    .add("chaotic", chaotic, all)
    .add("failsToLoad", failsToLoad, all)
    .add("neverLoads", neverLoads, all)
    .add("healthy", healthy)
    .connect("healthy.doubled", "healthy.doubled");
}

/** Checks that an error is the one that the row says, whole and in its place. */
export function assertError(error: Error | undefined, row: Row, attempt = 1): void {
  assert(error !== undefined, "there is no error");
  assertInstanceOf(error, row.type);
  assertMatch(error.message, row.message);
  const { jobId, slot, activationId, attempt: reported } = error as Error & Record<string, unknown>;
  assertEquals(
    { slot, activationId, reported },
    { slot: row.entry.split(".")[1], activationId: `${jobId}/1`, reported: attempt },
  );
  if (row.cause === undefined) return;
  assertInstanceOf(error.cause, row.cause.type);
  assertMatch(error.cause.message, row.cause.message);
}

// The ways in which a worker can die or hang, and what is to be told of each.

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

/** How long handlers may take here that never end, and how long modules may that never load. */
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
  /** What the job fails with. */
  readonly type: new (...args: never[]) => Error;
  readonly message: RegExp;
  /** What its `cause` is. */
  readonly cause?: { readonly type: new (...args: never[]) => Error; readonly message: RegExp };
  /** Whether the handler holds its thread, so that only a timeout can end it. */
  readonly holds?: true;
  /** Whether it is the module that does it, so that no handler is ever called. */
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
    name: "a result that cannot be cloned",
    entry: "chaotic.emitsUncloneable",
    type: UncloneableValueError,
    message: /^payload of "done"\.callback is a function/,
  },
  {
    name: "a module that fails to load",
    entry: "failsToLoad.item",
    type: ModuleLoadError,
    message: /^the module of routine "failsToLoad" does not load in a worker: no licence here/,
    cause: { type: RangeError, message: /^no licence here$/ },
    isModule: true,
  },
  {
    name: "a top-level await that never ends",
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

/** That an error is the one that the row says, whole and in its place. */
export function assertError(error: Error | undefined, row: Row, attempt = 1): void {
  assert(error !== undefined, "there is no error");
  assertInstanceOf(error, row.type);
  assertMatch(error.message, row.message);
  const { jobId, slot, activationId, attempt: told } = error as Error & Record<string, unknown>;
  assertEquals(
    { slot, activationId, told },
    { slot: row.entry.split(".")[1], activationId: `${jobId}/1`, told: attempt },
  );
  if (row.cause === undefined) return;
  assertInstanceOf(error.cause, row.cause.type);
  assertMatch(error.cause.message, row.cause.message);
}

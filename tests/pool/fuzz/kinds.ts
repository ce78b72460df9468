// The kinds of tasks that the fuzz test mixes, with the expected end of each if nobody stops it.

import type { Routine } from "@millrace/flow";
import { hostile } from "./hostile_routine.ts";
import { failsToLoad } from "./modules/fails_to_load.ts";
import { neverLoads } from "./modules/never_loads.ts";
import { slowToLoad } from "./modules/slow_to_load.ts";
import { sound } from "./sound_routine.ts";

/** Where a task comes from: one of two sources of the test, `pool.run`, or a flow. */
export type Origin = "first" | "second" | "run" | "flow";

/** A kind of task. */
export interface Kind {
  readonly routine: Routine;
  readonly slot: string;
  /** The text of its error; `undefined` if it ends well. */
  readonly error?: RegExp | undefined;
  /** Set if its error names its task. */
  readonly isNamed?: boolean;
  /** Its frequency, as compared to others. */
  readonly weight: number;
  /** The most of it in a round. */
  readonly most?: number;
  /** It never ends by itself. */
  readonly isEndless?: boolean;
  /** It ends its worker, so that its neighbours are executed once more. */
  readonly kills?: boolean;
  /** The number of its emits and log entries, where that is certain. */
  readonly says?: number;
  /** Its load besides its order. */
  readonly load?: "bytes" | "port" | "unsendable" | "unreadable";
  /** It can only come from a source of the test. */
  readonly isRaw?: boolean;
}

/** The error of an activation whose worker is gone. */
export const LOST = /worker w\d+ (ended|died|was)/;

/** All kinds, by name. */
export const KINDS: Readonly<Record<string, Kind>> = {
  ...kinds(sound, { weight: 6, says: 1 }, {
    echo: { weight: 20 },
    waits: {},
    flushes: { says: 7 },
    updates: {},
    reads: { says: 3 },
    progresses: {},
    movesBytes: { load: "bytes", says: 2 },
    movesPort: { load: "port", isRaw: true },
    thenable: {},
    callable: {},
    enters: {},
    sometimesWaits: { weight: 10 },
  }),
  ...kinds(hostile, { weight: 2 }, {
    deep: {},
    deepFlush: {},
    listens: {},
    forges: {},
    patches: {},
    leavesThrow: { most: 3 },
    leavesRejection: { most: 3 },
    leavesClose: { most: 3, kills: true },
    leavesFlush: { most: 3 },
    sometimesLeaves: { weight: 6, most: 20, kills: true },
    throwsOnAbort: {},
    item: { weight: 10 },
  }),
  ...kinds(hostile, { weight: 2, isNamed: true }, {
    throwsNow: { error: /./ },
    throwsSoon: { error: /./ },
    flushesAndThrows: { error: /./ },
    asksAndThrows: { error: /./ },
    throwsLate: { error: /./, most: 3 },
    rejectsLate: { error: /./, most: 3 },
    throwsInTimer: { error: /./, most: 3 },
  }),
  ...kinds(hostile, { weight: 2 }, {
    throwsProxy: { error: /./ },
    emitsUnsendable: { error: /"out"/ },
    emitsOversized: { error: /"out"/ },
    movesTwice: { error: /./ },
    closes: { error: LOST, most: 3, kills: true },
    exits: { error: LOST, most: 3, kills: true },
    processExits: { error: LOST, most: 3, kills: true },
    spins: { error: /./, isEndless: true, most: 1, kills: true },
    hangs: { error: /./, isEndless: true, most: 2 },
    stops: { error: /./, isEndless: true, most: 6 },
  }),
  ...kinds(slowToLoad, { weight: 5 }, { item: {} }, "slow"),
  ...kinds(failsToLoad, { weight: 2, error: /no licence here/ }, { item: {} }, "fails"),
  ...kinds(neverLoads, { weight: 1, error: /./, isEndless: true, most: 1 }, { item: {} }, "never"),
  ...kinds(sound, { weight: 2, isRaw: true }, {
    unsendable: { error: /cannot be sent/, load: "unsendable" },
    unreadable: { error: /cannot be (read|sent)|call stack/, load: "unreadable" },
  }),
};

function kinds(
  routine: Routine,
  all: Pick<Kind, "weight"> & Partial<Kind>,
  slots: Readonly<Record<string, Partial<Kind>>>,
  name?: string,
): Record<string, Kind> {
  return Object.fromEntries(
    Object.entries(slots).map(([slot, own]) => {
      const actual = Object.hasOwn(routine.slots, slot) ? slot : "echo";
      return [name ?? slot, { routine, slot: actual, ...all, ...own }];
    }),
  );
}

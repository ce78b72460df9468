// The faults that are planted one at a time. A worker that has one is given up, or its fault comes to
// nothing; in either case each task ends once, with its own result.

import { now } from "../../../src/data/clock.ts";
import type { HostMessage } from "../../../src/wire/messages.ts";
import type { Item } from "../../../src/wire/items.ts";
import { QUEUED, RUNNING } from "../../../src/wire/shared_task_ring.ts";
import type { Spoiler, View } from "./faulty_worker.ts";
import { type Answer, indexOf, nameOf, replaced, taskOf, under } from "./items.ts";

/** A fault. */
export interface PlantedFault {
  readonly name: string;
  /** The reaction of the pool: its worker is given up, or goes on as nothing comes of it. */
  readonly leadsTo: "another worker" | "nothing";
  /** The kinds of the tasks that it meets. */
  readonly kinds?: readonly string[];
  /** Makes the fault anew. */
  plant(): Spoiler;
}

/** The time that each task waits where a row names nothing but tasks that wait, in milliseconds. */
export const WAIT_MS = 60;

/** A number that no task has, and no question. */
const NOBODY = 100_000;
const MIXED = ["echo", "waits", "reads", "updates", "flushes", "progresses"];

/** The faults. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  fault("an end lost in the worker", inItems("end", () => [], "worker")),
  fault("an end lost in transit", inItems("end", () => [], "way")),
  fault("a request lost in transit", inItems("ask", () => [], "way")),
  fault("a message lost in transit", { plant: () => ({ items: after(5, () => [[]]) }) }),
  fault("two messages out of order", { plant: () => ({ items: exchanged() }) }),
  fault("an end repeated in the worker", inItems("end", (item) => [item, item], "worker")),
  fault("an end repeated in transit", inItems("end", (item) => [item, item], "way")),
  fault(
    "a progress report repeated in transit",
    inItems("progress", (item) => [item, item], "way"),
  ),
  fault("a message repeated in transit", {
    plant: () => ({ items: after(5, (items) => [items, items]) }),
  }),
  fault("an end repeated later", { plant: () => ({ items: repeated(), renumbers: true }) }),
  fault("an end misnumbered as a running task", foreign("end", RUNNING)),
  fault("an end misnumbered as a queued task", foreign("end", QUEUED)),
  fault("an end with an unknown number", foreign("end", undefined)),
  fault("a progress report misnumbered as a queued task", foreign("progress", QUEUED)),
  fault("a progress report with an unknown number", foreign("progress", undefined)),
  fault("a request misnumbered as a queued task", foreign("ask", QUEUED)),
  fault(
    "a request misnumbered as a running task",
    foreign("ask", RUNNING, ["reads"]),
  ),
  fault(
    "a flush misnumbered as a running task",
    foreign("ask", RUNNING, ["flushes"]),
  ),
  fault("a start misnumbered as a queued task", foreign("running", QUEUED, ["waits"])),
  fault("a false end of a running task", madeUp(RUNNING, (task) => task)),
  fault(
    "false effects of a running task",
    madeUp(RUNNING, (task) => [task, [["out", "made up", 0]]]),
  ),
  fault(
    "a false failure of a queued task",
    madeUp(QUEUED, (task) => ({ type: "failed", task, error: { name: "Error", message: "no" } })),
  ),
  fault(
    "an answer to another task",
    answers((answer, other) => ({ ...answer, task: other.task })),
  ),
  fault(
    "an answer to another request",
    answers((answer, other) => ({ ...answer, ask: other.ask })),
  ),
  fault("an answer to no request", answers((answer) => ({ ...answer, ask: NOBODY }))),
  {
    name: "an answer repeated at once",
    leadsTo: "nothing",
    plant: () => ({ message: (sent) => isAnswer(sent) ? [sent, sent] : undefined }),
  },
  {
    name: "an answer repeated later",
    leadsTo: "nothing",
    plant() {
      const answers: HostMessage[] = [];
      return {
        message(sent) {
          if (!isAnswer(sent)) return undefined;
          return answers.push(sent) < 10 ? undefined : [answers[0] as HostMessage, sent];
        },
      };
    },
  },
  {
    name: "a batch of tasks repeated",
    leadsTo: "nothing",
    plant: () => ({ message: (sent) => Array.isArray(sent) ? [sent, sent] : undefined }),
  },
  fault("ends out of order within a message", {
    kinds: ["echo"],
    plant: () => ({ items: twoEnds((first, second) => [second, first]) }),
  }),
  fault("two ends with exchanged numbers", {
    kinds: ["echo"],
    plant: () => ({
      items: twoEnds((first, second) => [
        under(taskOf(second), first),
        under(taskOf(first), second),
      ]),
    }),
  }),
  fault("a task started after an uncaught error", claimed("throwsLate", "uncaught")),
  fault("a task started after self.close()", claimed("closes", "leaving")),
  fault("a task started after Deno.exit()", claimed("exits", "leaving")),
];

/** Changes the first two items of a message that are ends. */
function twoEnds(
  change: (first: Item, second: Item) => Item[],
): NonNullable<Spoiler["items"]> {
  return (items) => {
    const [first, second, ...rest] = items;
    if (first === undefined || second === undefined) return undefined;
    if (nameOf(first) !== "end" || nameOf(second) !== "end") return undefined;
    return [[...change(first, second), ...rest]];
  };
}

function fault(
  name: string,
  rest: Pick<PlantedFault, "plant" | "kinds">,
): PlantedFault {
  return { name, leadsTo: "another worker", ...rest };
}

/** Replaces an item, before the worker numbers it or on its way. */
function inItems(
  type: string,
  change: (item: Item) => readonly Item[],
  where: "worker" | "way",
): Pick<PlantedFault, "plant" | "kinds"> {
  return {
    kinds: MIXED,
    plant() {
      let seen = 0;
      return {
        renumbers: where === "worker",
        items(items) {
          const at = indexOf(items, type);
          if (at < 0 || ++seen < 4) return undefined;
          return [replaced(items, at, ...change(items[at] as Item))];
        },
      };
    },
  };
}

/** Changes a message of items, after a number that are left as they are. */
function after(
  messages: number,
  change: (items: readonly Item[]) => readonly (readonly Item[])[],
): NonNullable<Spoiler["items"]> {
  let seen = 0;
  return (items) => ++seen > messages ? change(items) : undefined;
}

/** Lets a message overtake the one before it. */
function exchanged(): NonNullable<Spoiler["items"]> {
  let seen = 0;
  let first: readonly Item[] | undefined;
  return (items) => {
    if (++seen < 5) return undefined;
    if (first !== undefined) return [items, first];
    first = items;
    return "held back";
  };
}

/** Repeats the end of a task when others have ended since. */
function repeated(): NonNullable<Spoiler["items"]> {
  const ends: Item[] = [];
  return (items) => {
    ends.push(...items.filter((item) => nameOf(item) === "end"));
    return ends.length < 10 ? undefined : [[ends[0] as Item, ...items]];
  };
}

/** Gives an item the number of another task. */
function foreign(
  type: string,
  state: number | undefined,
  kinds: readonly string[] = MIXED,
): Pick<PlantedFault, "plant" | "kinds"> {
  return {
    kinds,
    plant: () => ({
      renumbers: true,
      items(items, view) {
        const at = indexOf(items, type);
        const item = items[at];
        if (item === undefined) return undefined;
        const others = state === undefined ? [NOBODY] : view.in(state);
        const other = others.find((other) => other !== taskOf(item) && stays(view, other, state));
        return other === undefined ? undefined : [replaced(items, at, under(other, item))];
      },
    }),
  };
}

/** Lets a task that waits stay as it is until the host looks: its worker cannot start it. */
function stays(view: View, task: number, state: number | undefined): boolean {
  return state !== QUEUED || view.ring.claim(task);
}

/** Adds an item that no task has led to. */
function madeUp(
  state: number,
  make: (task: number) => Item,
): Pick<PlantedFault, "plant" | "kinds"> {
  return {
    // They take long enough that none comes to what is made up of it by itself.
    kinds: ["waits"],
    plant: () => ({
      renumbers: true,
      items(items, view) {
        const isFresh = (task: number) => now() - view.ring.startedAt(task) < WAIT_MS / 3;
        const task = view.in(state).find((task) =>
          state === QUEUED ? stays(view, task, state) : isFresh(task)
        );
        return task === undefined ? undefined : [[...items, make(task)]];
      },
    }),
  };
}

/** Changes an answer while another question, of another task, is open. */
function answers(
  change: (answer: Answer, other: Answer) => Answer,
): Pick<PlantedFault, "plant" | "kinds"> {
  return {
    kinds: ["reads"],
    plant() {
      const open = new Map<number, Answer>();
      return {
        items(items) {
          for (const item of items) {
            if (typeof item !== "object" || !("type" in item) || item.type !== "ask") continue;
            open.set(item.ask, { type: "answer", task: item.task, ask: item.ask });
          }
          return undefined;
        },
        message(sent, view) {
          if (!isAnswer(sent)) return undefined;
          open.delete(sent.ask);
          const other = open.values().find(({ task }) =>
            task !== sent.task && view.ring.state(task) === RUNNING
          );
          return other === undefined ? undefined : [change(sent, other)];
        },
      };
    },
  };
}

/** Starts a task in a worker that is about to end. */
function claimed(kind: string, type: string): Pick<PlantedFault, "plant" | "kinds"> {
  return {
    kinds: [kind, ...MIXED],
    plant: () => ({
      items(items, view) {
        if (indexOf(items, type) < 0) return undefined;
        const [task] = view.in(QUEUED);
        if (task === undefined) return undefined;
        view.ring.start(task, QUEUED, performance.timeOrigin + performance.now());
        return [items];
      },
    }),
  };
}

function isAnswer(message: HostMessage): message is Answer {
  return !Array.isArray(message) && "type" in message && message.type === "answer";
}

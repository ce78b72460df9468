// Moves the large values of an event into rows of their own, called cells, when the event is encoded. The
// size of a commit is thus limited only by the size of each value, and a payload that is no longer needed can
// be dropped while its event stays. Called by `event_encoding.ts`.

import type { EventWithLarge } from "../engine/event_table.ts";
import type {
  Activation,
  ActivationCompleted,
  ActivationFlushed,
  JobEvent,
} from "../engine/job_event.ts";
import { type EncodedValue, encodeValue, LARGE, measure } from "./value_encoding.ts";

/** The large values of one event. */
export class Cells {
  readonly all: Cell[] = [];
  /** The queued activations whose payloads are stored with an earlier one: its index, by their own. */
  copies: ReadonlyMap<number, number> = NO_COPIES;
  readonly #event: JobEvent;
  /** The activations of a commit, by the index of the emit that queued them. */
  #byEmit: Map<number | undefined, readonly Activation[]> | undefined;
  /** `true` if JSON can represent all values that were left in the event. */
  isJson = true;

  /** @param event The event. */
  constructor(event: JobEvent) {
    this.#event = event;
  }

  /**
   * Moves a value from the event to a cell, if it is large.
   *
   * @param value The value.
   * @param kind The position of the value in the event.
   * @param index The index of the value in the list that contains it.
   * @returns The value for the event: the original one, or a short placeholder.
   * @throws {StoreValueError} If the value is too large, or has a part that cannot be stored.
   */
  put<T>(value: T, kind: CellKind, index = 0): T {
    const measured = measure(value);
    if (measured.size < LARGE) {
      if (!measured.isJson) this.isJson = false;
      return value;
    }
    const { path, what, receivers } = PLACES[kind](this.#event as never, index);
    const encoded = encodeValue(value, measured, what);
    const seq = holderOf(this.#event);
    this.all.push({
      seq,
      path,
      receivers: receivers ?? this.#receiversOf(kind, index),
      ...encoded,
    });
    return 0 as T;
  }

  #receiversOf(kind: CellKind, index: number): readonly string[] | undefined {
    if (kind === "queued") return this.#receiversOfQueued(index);
    if (kind !== "emit") return undefined;
    this.#byEmit ??= Map.groupBy((this.#event as Commits).queued, ({ emit }) => emit);
    return this.#byEmit.get(index)?.map(({ activationId }) => activationId) ?? [];
  }

  /** Returns an activation, and those whose payloads are stored with it. */
  #receiversOfQueued(index: number): readonly string[] {
    const { queued } = this.#event as Commits;
    const receivers = [queued[index]?.activationId ?? ""];
    for (const [copy, first] of this.copies) {
      if (first === index) receivers.push(queued[copy]?.activationId ?? "");
    }
    return receivers;
  }
}

/**
 * Returns the number of the event with which the large values of an event are stored: its own, or that of the
 * signal that it delivers.
 */
export function holderOf(event: JobEvent): number {
  return event.type === "signal_delivered" ? event.received ?? event.seq : event.seq;
}

/** The path of a value in its event. */
export type CellPath = readonly (string | number)[];

/** A value that is stored separately from its event. */
export interface Cell extends EncodedValue {
  /** The number of the event with which it is stored. */
  readonly seq: number;
  readonly path: CellPath;
  /**
   * The activations that need the value until they have committed; `undefined` if the value is no payload of
   * an activation, and is needed as long as its event is stored.
   */
  readonly receivers: readonly string[] | undefined;
}

/** The position of a value in an event. */
export type CellKind =
  | "activation"
  | "queued"
  | "emit"
  | "write"
  | "entry"
  | "state"
  | "signal"
  | "progress";

/**
 * Puts the large values back into an event.
 *
 * @param event The event with placeholders, which is changed.
 * @param paths The paths of the values.
 * @param found The values that are still stored, by the index of their path.
 */
export function restore(
  event: JobEvent,
  paths: readonly CellPath[],
  found: ReadonlyMap<number, unknown>,
): void {
  paths.forEach((path, i) => {
    const root = event as unknown as Fields;
    const holder = path.slice(0, -1).reduce((node, step) => node[step] as Fields, root);
    const last = path.at(-1) ?? "";
    holder[last] = found.get(i);
    if (!found.has(i)) holder.dropped = true;
  });
}

const NO_COPIES: ReadonlyMap<number, number> = new Map();

type Fields = Record<string | number, unknown>;
type Commits = ActivationFlushed | ActivationCompleted;

interface CellPlace {
  readonly path: CellPath;
  /** The name of the value in errors. */
  readonly what: string;
  readonly receivers?: readonly string[];
}

const PLACES: Readonly<Record<CellKind, (event: never, index: number) => CellPlace>> = {
  activation: ({ activation }: EventWithLarge<"activation">) => ({
    path: ["activation", "payload"],
    what: "payload",
    receivers: activation === undefined ? [] : [activation.activationId],
  }),
  queued: ({ queued }: Extract<JobEvent, { queued: unknown }>, i) => ({
    path: ["queued", i, "payload"],
    what: nameOf(queued[i]?.event),
  }),
  emit: ({ effects }: Commits, i) => ({
    path: ["effects", "emits", i, "payload"],
    what: nameOf(effects.emits[i]?.event),
  }),
  write: ({ effects }: Commits, i) => ({
    path: ["effects", "sharedData", i, "value"],
    what: `sharedData.${effects.sharedData[i]?.key}`,
  }),
  entry: (_: Commits, i) => ({
    path: ["effects", "sharedLog", i, "data"],
    what: "sharedLog entry",
  }),
  state: () => ({ path: ["effects", "routineState"], what: "routineState" }),
  signal: () => ({ path: ["payload"], what: "payload" }),
  progress: () => ({ path: ["data"], what: "progress" }),
};

/** Returns the name of a payload in errors. One of a feed has no event. */
function nameOf(event: string | undefined): string {
  return event === undefined ? "payload" : `payload of "${event}"`;
}

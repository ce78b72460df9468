// Takes the large values out of an event that is being encoded. Each is stored in a row of its own, a cell,
// so that what an activation commits has no ceiling but that of each value, and a payload that nobody
// needs any more can go while its event stays.

import type {
  Activation,
  ActivationCompleted,
  ActivationFlushed,
  JobEvent,
} from "../engine/job_event.ts";
import { type EncodedValue, encodeValue, LARGE, measure } from "./value_encoding.ts";

/** The way to a value in its event. */
export type CellPath = readonly (string | number)[];

/** A value that is stored apart from its event. */
export interface Cell extends EncodedValue {
  readonly path: CellPath;
  /**
   * The activations that need it until they have committed; `undefined` if it is no payload of
   * activations, and is needed as long as its event is there.
   */
  readonly receivers: readonly string[] | undefined;
}

/** Where in an event a value stands. */
export type CellKind =
  | "activation"
  | "queued"
  | "emit"
  | "write"
  | "entry"
  | "state"
  | "signal"
  | "progress";

/** The large values of one event. */
export class Cells {
  readonly all: Cell[] = [];
  readonly #event: JobEvent;
  /** The activations of a commit by the emit that they came from. */
  #byEmit: Map<number | undefined, readonly Activation[]> | undefined;
  /** `true` if JSON can hold all that was left in the event. */
  isJson = true;

  /** @param event The event. */
  constructor(event: JobEvent) {
    this.#event = event;
  }

  /**
   * Takes a value out of the event, if it is large.
   *
   * @param value The value.
   * @param kind Where it stands.
   * @param index Its place in the list that it stands in.
   * @returns What is to stand there: the value itself, or nothing to speak of.
   * @throws {StoreValueError} If it is too large, or holds what cannot be stored.
   */
  put<T>(value: T, kind: CellKind, index = 0): T {
    const measured = measure(value);
    if (measured.size < LARGE) {
      if (!measured.isJson) this.isJson = false;
      return value;
    }
    const { path, what, receivers } = PLACES[kind](this.#event as never, index);
    const encoded = encodeValue(value, measured, what);
    this.all.push({ path, receivers: receivers ?? this.#receiversOf(kind, index), ...encoded });
    return 0 as T;
  }

  #receiversOf(kind: CellKind, index: number): readonly string[] | undefined {
    if (kind !== "emit") return undefined;
    this.#byEmit ??= Map.groupBy((this.#event as Commits).queued, ({ emit }) => emit);
    return this.#byEmit.get(index)?.map(({ activationId }) => activationId) ?? [];
  }
}

/**
 * Puts the large values back into an event.
 *
 * @param event The event, without them; it is changed.
 * @param paths Their places.
 * @param found Those that are there still, by their number among the places.
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

type Fields = Record<string | number, unknown>;
type Commits = ActivationFlushed | ActivationCompleted;

interface CellPlace {
  readonly path: CellPath;
  /** The name of the value in errors. */
  readonly what: string;
  readonly receivers?: readonly string[];
}

const PLACES: Readonly<Record<CellKind, (event: never, index: number) => CellPlace>> = {
  activation: ({ activation }: Extract<JobEvent, { activation: unknown }>) => ({
    path: ["activation", "payload"],
    what: "payload",
    receivers: [activation.activationId],
  }),
  queued: ({ queued }: Extract<JobEvent, { queued: unknown }>, i) => ({
    path: ["queued", i, "payload"],
    what: `payload of "${queued[i]?.event}"`,
    receivers: [queued[i]?.activationId ?? ""],
  }),
  emit: ({ effects }: Commits, i) => ({
    path: ["effects", "emits", i, "payload"],
    what: `payload of "${effects.emits[i]?.event}"`,
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

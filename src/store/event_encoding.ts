// The encoding of JobEvents in a store's file. Each event is encoded separately, as soon as it has been
// decided, so that values that cannot be stored are detected before the event is applied. Used by
// `journal_writer.ts` and `journal_reader.ts`.

import { EFFECT_NAMES } from "../routine/effect_parts.ts";
import { deliveredPayload } from "../engine/delivered_payload.ts";
import { type EventWithLarge, type LargeField, largeFieldOf } from "../engine/event_table.ts";
import type { Activation, Commit, JobEvent } from "../engine/job_event.ts";
import { assertStorable } from "./assert_storable.ts";
import { type Cell, type CellKind, type CellPath, Cells, holderOf, restore } from "./cells.ts";
import { copiesAmong, restoreCopies } from "./copied_payloads.ts";
import { isJsonEvent } from "./json_safe.ts";
import { type PackedEvent, packEvent, unpackEvent } from "./packed_event.ts";
import { fromBytes, toBytes } from "../data/structured_bytes.ts";
import { entryOf } from "./job_entry.ts";
import type { JobEntry } from "./store.ts";
import { digestOf } from "./value_digest.ts";
import { checkSize, encoding } from "./value_encoding.ts";

/** An encoded JobEvent. */
export interface EncodedEvent {
  readonly seq: number;
  /** An item of a JSON array; a number if JSON cannot represent the event. */
  readonly text: string;
  /** The event in the format of structured clone; `null` if JSON can represent it. */
  readonly rest: Uint8Array | null;
  /** The large values of the event. */
  readonly cells: readonly Cell[];
  /** A digest of the entry and payload of a job, for the event that starts it. */
  readonly start?: Uint8Array;
  /** The size in characters and bytes, including the large values. */
  readonly size: number;
}

/** JobEvents of a job in one row of the file. */
export interface EventRow {
  /** A JSON array of the events, some as lists. A number stands for the next event in `rest`. */
  readonly text: string;
  /** The events that JSON cannot represent, in order; `null` if there are none. */
  readonly rest: Uint8Array | null;
}

/** An event with the paths of its large values, which are stored separately. */
type WithCells = readonly [
  kind: typeof WITH_CELLS,
  event: JobEvent | PackedEvent | number,
  paths: readonly CellPath[],
  /** The queued activations that share the payload of an earlier one, each with the index of the latter. */
  copies?: readonly (readonly [number, number])[],
];

/** The kind of such a list, besides the kinds of `packed_event.ts`. */
const WITH_CELLS = 4;

/**
 * Encodes a JobEvent. Uses JSON if that represents the event exactly, as it takes a third of the time of
 * structured clone and is human-readable.
 *
 * @throws {StoreValueError} If the event has a value that cannot be stored, or is too large.
 */
export function encodeEvent(event: JobEvent): EncodedEvent {
  const cells = new Cells(event);
  const slim = slimmed(event, cells);
  const packed = cells.isJson ? packEvent(slim) : slim;
  const isList = Array.isArray(packed);
  const held = isList ? packed : bare(slim);
  const isJson = isList || isJsonEvent(held as JobEvent);
  if (!isJson) assertStorable(held, event.type);
  const { type, seq, jobId } = event;
  const rest = isJson ? null : encoding(type, () => toBytes(held));
  const text = encoding(type, () => {
    const own = isJson ? shortened(jobId, held) : "0";
    if (cells.all.length === 0 && cells.copies.size === 0) return own;
    const paths = JSON.stringify(cells.all.map(({ path }) => path));
    if (cells.copies.size === 0) return `[${WITH_CELLS},${own},${paths}]`;
    return `[${WITH_CELLS},${own},${paths},${JSON.stringify([...cells.copies])}]`;
  });
  const size = text.length + (rest?.length ?? 0);
  checkSize(size, type);
  const encoded = { seq, text, rest, cells: cells.all, size: size + sizeOf(cells.all, seq) };
  // The payload may have been dropped before a rerun, so that another start cannot be compared with it.
  if (event.type !== "job_started" || event.activation?.dropped) return encoded;
  return { ...encoded, start: startOf(entryOf(event)) };
}

/** Returns a digest of a job's entry: its slot, and its payload unless the job is fed. */
export function startOf({ routineId, slot, payload, isFed }: JobEntry): Uint8Array {
  return digestOf(isFed ? [routineId, slot] : [routineId, slot, payload]);
}

/**
 * Combines encoded events of a job in one row.
 *
 * @param events The events, in order.
 */
export function rowOf(events: readonly EncodedEvent[]): EventRow {
  const rest = events.flatMap(({ rest }) => rest === null ? [] : [rest]);
  return {
    text: `[${events.map(({ text }) => text).join(",")}]`,
    rest: rest.length === 0 ? null : toBytes(rest),
  };
}

/**
 * Decodes a row.
 *
 * @param jobId The job.
 * @param row The row.
 * @param cellsOf Reads the large values of an event that are still stored, by their index among its cells.
 */
export function decodeEvents(
  jobId: string,
  { text, rest }: EventRow,
  cellsOf: (seq: number) => ReadonlyMap<number, unknown>,
): JobEvent[] {
  const id = escaped(jobId);
  const held: (JobEvent | PackedEvent | WithCells | number)[] = JSON.parse(
    text.replaceAll(JOB_ID, () => id),
  );
  // In older journals, the items are the events themselves.
  const others = rest === null ? [] : fromBytes(rest) as (JobEvent | Uint8Array)[];
  let next = 0;
  return held.map((one) => {
    const [inner, paths, copies] = isWithCells(one) ? [one[1], one[2], one[3]] : [one];
    const event = decoded(jobId, typeof inner === "number" ? others[next++]! : inner);
    if (paths !== undefined) restore(event, paths, cellsOf(holderOf(event)));
    if (copies !== undefined && "queued" in event) restoreCopies(event.queued, copies);
    deliver(event);
    return event;
  });
}

function decoded(jobId: string, held: JobEvent | PackedEvent | Uint8Array): JobEvent {
  if (held instanceof Uint8Array) return fromBytes(held) as JobEvent;
  return Array.isArray(held)
    ? unpackEvent(jobId, held as unknown as PackedEvent)
    : held as JobEvent;
}

function isWithCells(held: unknown): held is WithCells {
  return Array.isArray(held) && held[0] === WITH_CELLS;
}

/** Sets the payloads of activations to those of their emits. */
function deliver(event: JobEvent): void {
  if (!("effects" in event)) return;
  const { effects: { emits }, queued } = event;
  let last: number | undefined;
  for (const activation of queued as Mutable<Activation>[]) {
    const { emit } = activation;
    const source = emit === undefined ? undefined : emits[emit];
    if (source === undefined) continue;
    activation.payload = deliveredPayload(source.payload, activation, emit !== last);
    if (source.dropped) activation.dropped = true;
    last = emit;
  }
}

type Effects = Commit["effects"];
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * The placeholder for the job's id, which makes up nearly half of most events. JSON never contains this
 * character.
 */
const JOB_ID = "\x01";

function shortened(jobId: string, held: unknown): string {
  const text = JSON.stringify(held);
  return jobId.length < 8 ? text : text.replaceAll(escaped(jobId), JOB_ID);
}

/** Returns a text as it appears in JSON. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Returns the size of the values that are stored with an event. */
function sizeOf(cells: readonly Cell[], event: number): number {
  let size = 0;
  for (const { seq, text, bytes } of cells) {
    if (seq === event) size += text?.length ?? bytes?.length ?? 0;
  }
  return size;
}

/**
 * Returns an event without its large values and without its lists of moved objects, which the payloads
 * contain as well.
 */
function slimmed(event: JobEvent, cells: Cells): JobEvent {
  const field = largeFieldOf(event);
  return field === undefined ? event : SLIM_FIELD[field](event as never, cells);
}

/** Takes the large values out of each field that may have some. */
const SLIM_FIELD: {
  readonly [Field in LargeField]: (event: EventWithLarge<Field>, cells: Cells) => JobEvent;
} = {
  activation: (event, cells) => {
    const { activation } = event;
    if (activation === undefined) return event;
    return { ...event, activation: slimActivation(activation, cells, "activation") };
  },
  payload: (event, cells) => ({ ...event, payload: cells.put(event.payload, "signal") }),
  data: (event, cells) => ({ ...event, data: cells.put(event.data, "progress") }),
  effects: (event, cells) => {
    const effects = slimEffects(event.effects, cells);
    const queued = slimAll(event.queued, cells);
    const isSame = effects === event.effects && queued === event.queued;
    return isSame ? event : { ...event, effects, queued };
  },
  queued: (event, cells) => {
    // The items of a feed are no copies of each other, even if they are equal.
    if (event.type !== "feed_taken") cells.copies = copiesAmong(event.queued);
    return { ...event, queued: slimAll(event.queued, cells) };
  },
};

/** Takes the large values out of each part of effects. */
const SLIM: {
  readonly [Part in keyof Effects]-?: (
    part: NonNullable<Effects[Part]>,
    cells: Cells,
  ) => NonNullable<Effects[Part]>;
} = {
  emits: (emits, cells) =>
    changed(emits, (emit, i) => {
      const payload = cells.put(emit.payload, "emit", i);
      const isSame = emit.transfer === undefined && Object.is(payload, emit.payload);
      return isSame ? emit : { ...unmoved(emit), payload };
    }),
  sharedData: (writes, cells) =>
    changed(writes, (write, i) => {
      if (write.deleted) return write;
      const value = cells.put(write.value, "write", i);
      return Object.is(value, write.value) ? write : { ...write, value };
    }),
  sharedLog: (entries, cells) =>
    changed(entries, (entry, i) => {
      const data = cells.put(entry.data, "entry", i);
      return Object.is(data, entry.data) ? entry : { ...entry, data };
    }),
  routineState: (fields, cells) => cells.put(fields, "state"),
  // A wait request has only names and numbers, which are small.
  waits: (waits) => waits,
};

function slimEffects(effects: Effects, cells: Cells): Effects {
  let slim: Record<string, unknown> | undefined;
  for (const name of EFFECT_NAMES) {
    const part = effects[name];
    if (part === undefined) continue;
    const slimPart: unknown = SLIM[name](part as never, cells);
    if (slimPart !== part) (slim ??= { ...effects })[name] = slimPart;
  }
  return slim === undefined ? effects : slim as unknown as Effects;
}

function slimAll(activations: readonly Activation[], cells: Cells): readonly Activation[] {
  return changed(
    activations,
    (one, i) =>
      cells.copies.has(i) ? { ...one, payload: 0 } : slimActivation(one, cells, "queued", i),
  );
}

/** Returns an activation without large values, and without its list of moved objects. */
function slimActivation(
  activation: Activation,
  cells: Cells,
  kind: CellKind,
  index?: number,
): Activation {
  const own = activation.transfer === undefined ? activation : unmoved(activation);
  if (own.emit !== undefined) return own;
  const payload = cells.put(own.payload, kind, index);
  return Object.is(payload, own.payload) ? own : { ...own, payload };
}

/**
 * Returns an event without the payloads of activations that were emitted, as they are stored with their
 * emits.
 */
function bare(event: JobEvent): JobEvent {
  if (!("effects" in event)) return event;
  const queued = changed(
    event.queued,
    (one) => one.emit === undefined ? one : { ...one, payload: 0 },
  );
  return queued === event.queued ? event : { ...event, queued };
}

/** Returns a list with changed items; the same list if no item changes. */
function changed<T>(items: readonly T[], change: (item: T, index: number) => T): readonly T[] {
  let result: T[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as T;
    const now = change(item, i);
    if (now !== item) result ??= items.slice(0, i);
    result?.push(now);
  }
  return result ?? items;
}

function unmoved<T extends Pick<Activation, "transfer">>(holder: T): T {
  const { transfer: _, ...kept } = holder;
  return kept as T;
}

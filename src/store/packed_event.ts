// Packs the two most common JobEvents as lists, and unpacks them. Called only by `event_encoding.ts`.

import { EFFECT_PARTS, isNone } from "../routine/effect_parts.ts";
import { NO_EFFECTS } from "../routine/effects.ts";
import type {
  Activation,
  ActivationCompleted,
  ActivationStarted,
  JobEvent,
} from "../engine/job_event.ts";

/**
 * The list form of the two events that every activation has. Without field names, they take half the space
 * and half the time to write. The job's id is left out, as the reader knows it.
 */
export type PackedEvent = PackedStarted | PackedCompleted | PackedTwice;

type Effects = ActivationCompleted["effects"];
type Emit = Effects["emits"][number];

type PackedStarted = readonly [
  kind: typeof STARTED,
  seq: number,
  at: number,
  activationId: string,
  routineId: string,
  slot: string,
  attempt: number,
  workerId: string,
];

type Completed<Kind, Queued> = readonly [
  kind: Kind,
  seq: number,
  at: number,
  activationId: string,
  routineId: string,
  slot: string,
  attempt: number,
  workerId: string,
  startedAt: number,
  endedAt: number,
  emits: readonly PackedEmit[],
  queued: readonly Queued[],
  unrouted: number,
  /** The effects other than emits; 0 for none. */
  effects: Omit<Effects, "emits"> | 0,
];

type PackedCompleted = Completed<typeof COMPLETED, PackedActivation>;

/** The form in older journals, which contain a payload twice: in its emit and in its activation. */
type PackedTwice = Completed<typeof COMPLETED_TWICE, PackedWithPayload>;

type PackedEmit = readonly [event: string, payload: unknown, timestamp: number];
type PackedActivation = readonly [
  activationId: string,
  routineId: string,
  slot: string,
  emit: number,
  map?: FieldMap,
];
type PackedWithPayload = readonly [
  activationId: string,
  routineId: string,
  slot: string,
  payload: unknown,
  event: string,
];
type FieldMap = NonNullable<Activation["map"]>;

/** The empty values of the effects other than emits. */
const { emits: _, ...NO_PARTS } = NO_EFFECTS;

const STARTED = 1, COMPLETED_TWICE = 2, COMPLETED = 3;

/** Returns an event as a list, or unchanged if the list form cannot represent it. */
export function packEvent(event: JobEvent): JobEvent | PackedEvent {
  if (event.type === "activation_started") {
    return event.counted === undefined ? packStarted(event) : event;
  }
  return event.type === "activation_completed" ? packCompleted(event) ?? event : event;
}

/** Returns the event of a list. Its activations lack the payloads of their emits. */
export function unpackEvent(jobId: string, packed: PackedEvent): JobEvent {
  const [kind, seq, at, activationId, routineId, slot, attempt, workerId] = packed;
  const about = { jobId, seq, at, activationId, routineId, slot, attempt, workerId };
  if (kind === STARTED) return { type: "activation_started", ...about };
  const [, , , , , , , , startedAt, endedAt, packedEmits, , unrouted, effects] = packed;
  const emits = packedEmits.map(unpackEmit);
  return {
    type: "activation_completed",
    ...about,
    startedAt,
    endedAt,
    effects: { emits, ...effects === 0 ? NO_PARTS : effects },
    queued: packed[0] === COMPLETED
      ? packed[11].map((one) => unpackActivation(one, activationId, emits))
      : packed[11].map((one) => unpackWithPayload(one, activationId)),
    unrouted,
  };
}

function packStarted(event: ActivationStarted): PackedStarted {
  const { seq, at, activationId, routineId, slot, attempt, workerId } = event;
  return [STARTED, seq, at, activationId, routineId, slot, attempt, workerId];
}

function packCompleted(event: ActivationCompleted): PackedCompleted | undefined {
  const { effects: { emits, ...rest }, queued, waits } = event;
  if (waits !== undefined || !emits.every(isPlainEmit)) return undefined;
  if (!queued.every((one) => isPlainActivation(one, event))) return undefined;
  const {
    seq,
    at,
    activationId,
    routineId,
    slot,
    attempt,
    workerId,
    startedAt,
    endedAt,
    unrouted,
  } = event;
  // A part of a later version, which is not known here, is stored as it is.
  const isBare = Object.keys(rest).every((name) =>
    name in EFFECT_PARTS && isNone(rest, name as keyof Effects)
  );
  return [
    COMPLETED,
    seq,
    at,
    activationId,
    routineId,
    slot,
    attempt,
    workerId,
    startedAt,
    endedAt,
    emits.map(({ event, payload, timestamp }) => [event, payload, timestamp]),
    queued.map(packActivation),
    unrouted,
    isBare ? 0 : rest,
  ];
}

/** Checks whether an emit fits in a list, in which JSON would turn `undefined` into `null`. */
function isPlainEmit({ payload, transfer, when, delay, dropped }: Emit): boolean {
  return payload !== undefined && transfer === undefined && when === undefined &&
    delay === undefined && dropped === undefined;
}

function isPlainActivation(
  { from, event, emit, dueAt, held, dropped }: Activation,
  { activationId, effects: { emits } }: ActivationCompleted,
): boolean {
  return emit !== undefined && emits[emit]?.event === event && from === activationId &&
    dueAt === undefined && held === undefined && dropped === undefined;
}

function packActivation({ activationId, routineId, slot, emit, map }: Activation) {
  return map === undefined
    ? [activationId, routineId, slot, emit as number] as const
    : [activationId, routineId, slot, emit as number, map] as const;
}

function unpackEmit([event, payload, timestamp]: PackedEmit): Emit {
  return { event, payload, timestamp };
}

function unpackActivation(
  [activationId, routineId, slot, emit, map]: PackedActivation,
  from: string,
  emits: readonly Emit[],
): Activation {
  const event = emits[emit]?.event;
  const about = { activationId, routineId, slot, payload: undefined, from, event, emit };
  return map === undefined ? about : { ...about, map };
}

function unpackWithPayload(
  [activationId, routineId, slot, payload, event]: PackedWithPayload,
  from: string,
): Activation {
  return { activationId, routineId, slot, payload, from, event };
}

import type {
  Activation,
  ActivationCompleted,
  ActivationStarted,
  JobEvent,
} from "../engine/job_event.ts";

/**
 * The two events of every activation as lists: without the names of their fields they take half the
 * room, and half the time to write. The job's id is left out, as it is known.
 */
export type PackedEvent = PackedStarted | PackedCompleted;

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

type PackedCompleted = readonly [
  kind: typeof COMPLETED,
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
  queued: readonly PackedActivation[],
  unrouted: number,
  /** The effects besides the emits; 0 for none. */
  effects: Omit<Effects, "emits"> | 0,
];

type PackedEmit = readonly [event: string, payload: unknown, timestamp: number];
type PackedActivation = readonly [
  activationId: string,
  routineId: string,
  slot: string,
  payload: unknown,
  event: string,
];

const STARTED = 1, COMPLETED = 2;

/** The event as a list, or as it is where a list would not say all of it. */
export function packEvent(event: JobEvent): JobEvent | PackedEvent {
  if (event.type === "activation_started") return packStarted(event);
  return event.type === "activation_completed" ? packCompleted(event) ?? event : event;
}

/** The event that was packed. */
export function unpackEvent(jobId: string, packed: PackedEvent): JobEvent {
  const [kind, seq, at, activationId, routineId, slot, attempt, workerId] = packed;
  const about = { jobId, seq, at, activationId, routineId, slot, attempt, workerId };
  if (kind === STARTED) return { type: "activation_started", ...about };
  const [, , , , , , , , startedAt, endedAt, emits, queued, unrouted, effects] = packed;
  return {
    type: "activation_completed",
    ...about,
    startedAt,
    endedAt,
    effects: {
      emits: emits.map(unpackEmit),
      ...effects === 0 ? { sharedData: [], sharedLog: [] } : effects,
    },
    queued: queued.map((one) => unpackActivation(one, activationId)),
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
  const isBare = rest.sharedData.length === 0 && rest.sharedLog.length === 0 &&
    rest.routineState === undefined && rest.waits === undefined;
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

/** In a list, JSON would make `null` of `undefined`. */
function isPlainEmit({ payload, transfer, when }: Emit): boolean {
  return payload !== undefined && transfer === undefined && when === undefined;
}

function isPlainActivation(
  { payload, from, event, transfer, dueAt, held }: Activation,
  { activationId }: ActivationCompleted,
): boolean {
  return payload !== undefined && from === activationId && event !== undefined &&
    transfer === undefined && dueAt === undefined && held === undefined;
}

function packActivation({ activationId, routineId, slot, payload, event }: Activation) {
  return [activationId, routineId, slot, payload, event as string] as const;
}

function unpackEmit([event, payload, timestamp]: PackedEmit): Emit {
  return { event, payload, timestamp };
}

function unpackActivation(
  [activationId, routineId, slot, payload, event]: PackedActivation,
  from: string,
): Activation {
  return { activationId, routineId, slot, payload, from, event };
}

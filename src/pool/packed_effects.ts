import { deepFreeze } from "../data/deep_freeze.ts";
import {
  type DataWrite,
  type Effects,
  type Emit,
  type LogWrite,
  NO_EFFECTS,
  type WaitRequest,
} from "../routine/effects.ts";

/**
 * Effects as they travel, with the number of the task that they belong to: lists instead of objects,
 * of which structured clone would send each key with each object, and nothing at all for what there
 * is none of.
 */
export type PackedEffects = readonly [
  task: number,
  emits: readonly PackedEmit[],
  sharedData?: readonly DataWrite[] | undefined,
  sharedLog?: readonly LogWrite[] | undefined,
  routineState?: Readonly<Record<string, unknown>> | undefined,
  waits?: readonly WaitRequest[] | undefined,
];

/** An emit as it travels. */
export type PackedEmit = readonly [
  event: string,
  payload: unknown,
  timestamp: number,
  transfer?: readonly Transferable[] | undefined,
  when?: "resumed" | undefined,
];

/** The effects of all activations that did nothing. */
export const NOTHING: Effects = deepFreeze(NO_EFFECTS);

/** Makes effects of what arrived. */
export function unpackEffects(packed: PackedEffects): Effects {
  const [, emits, sharedData, sharedLog, routineState, waits] = packed;
  return {
    emits: emits.length === 0 ? NOTHING.emits : emits.map(unpackEmit),
    sharedData: sharedData ?? NOTHING.sharedData,
    sharedLog: sharedLog ?? NOTHING.sharedLog,
    ...routineState !== undefined && { routineState },
    ...waits !== undefined && { waits },
  };
}

/** The objects that are moved with the effects instead of being copied. */
export function transferOf(effects: PackedEffects): Transferable[] | undefined {
  let transfer: Transferable[] | undefined;
  for (const [, , , moved] of effects[1]) {
    if (moved === undefined) continue;
    transfer ??= [];
    // One by one: a list of any length would not fit on the stack as arguments.
    for (const item of moved) transfer.push(item);
  }
  return transfer;
}

function unpackEmit([event, payload, timestamp, transfer, when]: PackedEmit): Emit {
  if (transfer === undefined && when === undefined) return { event, payload, timestamp };
  return {
    event,
    payload,
    timestamp,
    ...transfer !== undefined && { transfer },
    ...when !== undefined && { when },
  };
}

// Effects as they travel to the host. The worker's `RunningActivation` encodes them, the host decodes them
// when it reads the report of an end or of a flush.

import { deepFreeze } from "../data/deep_freeze.ts";
import { EFFECT_NAMES, EFFECT_PARTS } from "../routine/effect_parts.ts";
import { type Effects, type Emit, NO_EFFECTS } from "../routine/effects.ts";

/**
 * Effects with the number of the task that they belong to: lists instead of objects, of which structured
 * clone would send each key with each object. The parts behind the emits are there if one of them is, in
 * the order of {@linkcode PARTS}.
 */
export type PackedEffects = readonly [
  task: number,
  emits: readonly PackedEmit[],
  ...parts: unknown[],
];

/** An emit as it travels. */
export type PackedEmit = readonly [
  event: string,
  payload: unknown,
  timestamp: number,
  transfer?: readonly Transferable[] | undefined,
  when?: "resumed" | undefined,
];

/** The parts of effects besides the emits. */
type Part = Exclude<keyof Effects, "emits">;

/** The parts in the order in which they travel. */
const PARTS = EFFECT_NAMES.filter((name) => name !== "emits");

/** The effects of all activations that did nothing. */
export const NOTHING: Effects = deepFreeze(NO_EFFECTS);

/** The parts of effects that an activation has gathered; `undefined` for those that it has none of. */
export type GatheredParts = { readonly [P in Part]-?: Effects[P] | undefined };

/** Encodes the effects of a task whose emits are encoded. */
export function encodeEffects(
  task: number,
  emits: readonly PackedEmit[],
  parts: GatheredParts,
): PackedEffects {
  // Most activations only emit.
  return PARTS.every((part) => parts[part] === undefined)
    ? [task, emits]
    : [task, emits, ...PARTS.map((part) => parts[part])];
}

/** Encodes an emit. */
export function encodeEmit(
  event: string,
  payload: unknown,
  timestamp: number,
  transfer?: readonly Transferable[],
  when?: "resumed",
): PackedEmit {
  if (transfer === undefined && when === undefined) return [event, payload, timestamp];
  return [event, payload, timestamp, transfer, when];
}

/** Decodes effects. */
export function decodeEffects([, packed, ...parts]: PackedEffects): Effects {
  const emits = packed.length === 0 ? NOTHING.emits : packed.map(decodeEmit);
  if (parts.length === 0) {
    return { emits, sharedData: NOTHING.sharedData, sharedLog: NOTHING.sharedLog };
  }
  const effects: Record<string, unknown> = { emits };
  PARTS.forEach((part, i) => {
    const value = parts[i] ?? EFFECT_PARTS[part].none;
    if (value !== undefined) effects[part] = value;
  });
  return effects as unknown as Effects;
}

/** Decodes an emit. */
export function decodeEmit([event, payload, timestamp, transfer, when]: PackedEmit): Emit {
  if (transfer === undefined && when === undefined) return { event, payload, timestamp };
  return {
    event,
    payload,
    timestamp,
    ...transfer !== undefined && { transfer },
    ...when !== undefined && { when },
  };
}

/** Returns the task that effects belong to. */
export function taskOf([task]: PackedEffects): number {
  return task;
}

/** Returns the objects that are moved with the effects instead of being copied. */
export function transferOf([, emits]: PackedEffects): Transferable[] | undefined {
  let transfer: Transferable[] | undefined;
  for (const [, , , moved] of emits) {
    if (moved === undefined) continue;
    transfer ??= [];
    // One by one: a list of any length would not fit on the stack as arguments.
    for (const item of moved) transfer.push(item);
  }
  return transfer;
}

// The packed form of effects. In the worker, `ActivationContext` encodes each emit and `RunningActivation` the
// effects of a commit. The host decodes them when it reads the report of an end or of a flush.

import { deepFreeze } from "../data/deep_freeze.ts";
import { EFFECT_NAMES, EFFECT_PARTS } from "../routine/effect_parts.ts";
import { type Effects, type Emit, NO_EFFECTS } from "../routine/effects.ts";

/**
 * Effects with the number of their task. They are lists, as structured clone would send the keys of each
 * object. The parts after the emits are in the order of {@linkcode PARTS}; they are left out if there are
 * none.
 */
export type PackedEffects = readonly [
  task: number,
  emits: readonly PackedEmit[],
  ...parts: unknown[],
];

/** The packed form of an emit. */
export type PackedEmit = readonly [
  event: string,
  payload: unknown,
  timestamp: number,
  transfer?: readonly Transferable[] | undefined,
  when?: "resumed" | undefined,
];

/** The parts of effects besides the emits. */
type Part = Exclude<keyof Effects, "emits">;

/** The parts in the order in which they are packed. */
const PARTS = EFFECT_NAMES.filter((name) => name !== "emits");

/** The size from which on it is faster to move memory than to copy it, in bytes. */
const LARGE = 65_536;

/** The effects of every activation without effects. */
export const NOTHING: Effects = deepFreeze(NO_EFFECTS);

/**
 * Encodes the effects of a task, whose emits are encoded already.
 *
 * @param parts The other parts, if there are any; empty ones are absent or `undefined`.
 */
export function encodeEffects(
  task: number,
  emits: readonly PackedEmit[],
  parts?: { readonly [P in Part]?: Effects[P] | undefined },
): PackedEffects {
  // Most activations only emit.
  return parts === undefined || PARTS.every((part) => parts[part] === undefined)
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

/** Returns the number of the task of the effects. */
export function taskOf([task]: PackedEffects): number {
  return task;
}

/**
 * Returns the objects that are moved with the effects instead of being copied.
 *
 * @param withMemory `true` to move the memory of large payloads as well. It is that of copies, which the worker
 * does not use any more.
 */
export function transferOf(
  [, emits]: PackedEffects,
  withMemory = false,
): Transferable[] | undefined {
  let transfer: Transferable[] | undefined;
  for (const [, payload, , moved] of emits) {
    if (moved === undefined) {
      const memory = withMemory && typeof payload === "object" ? memoryOf(payload) : undefined;
      if (memory !== undefined) (transfer ??= []).push(memory);
      continue;
    }
    transfer ??= [];
    // Pushed one by one, as the arguments of a single call might not fit on the stack.
    for (const item of moved) transfer.push(item);
  }
  return transfer;
}

/** Returns the memory of a payload that consists of many bytes. */
function memoryOf(payload: unknown): ArrayBuffer | undefined {
  const memory = ArrayBuffer.isView(payload) ? payload.buffer : payload;
  const isLarge = memory instanceof ArrayBuffer && memory.byteLength >= LARGE;
  return isLarge && !memory.resizable ? memory : undefined;
}

// The packed form of effects. In the worker, `ActivationContext` encodes each emit and `RunningActivation` the
// effects of a commit. The host decodes them when it reads the report of an end or of a flush.

import { deepFreeze } from "../data/deep_freeze.ts";
import { EFFECT_NAMES, EFFECT_PARTS } from "../routine/effect_parts.ts";
import { type Effects, type Emit, NO_EFFECTS } from "../routine/effects.ts";

/**
 * Effects with the number of their task. They are lists, as structured clone would send the keys of each
 * object. The parts after the emits are in the order of {@linkcode PARTS}; they are left out if there are
 * none. Most activations have one plain emit and no other effect, and a single list is sent twice as fast.
 */
export type PackedEffects =
  | readonly [task: number, ...emit: PlainEmit]
  | readonly [task: number, emits: readonly PackedEmit[], ...parts: unknown[]];

/** The packed form of an emit. */
export type PackedEmit =
  | PlainEmit
  | readonly [
    ...PlainEmit,
    transfer: readonly Transferable[] | undefined,
    when: "resumed" | undefined,
    delay: number | undefined,
  ];

/** An emit that moves nothing, and is delivered at once. */
type PlainEmit = readonly [event: string, payload: unknown, timestamp: number];

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
  if (parts !== undefined && PARTS.some((part) => parts[part] !== undefined)) {
    return [task, emits, ...PARTS.map((part) => parts[part])];
  }
  const [emit] = emits;
  return emits.length === 1 && emit?.length === 3
    ? [task, emit[0], emit[1], emit[2]]
    : [task, emits];
}

/** Encodes an emit. */
export function encodeEmit(
  event: string,
  payload: unknown,
  timestamp: number,
  transfer?: readonly Transferable[],
  when?: "resumed",
  delay?: number,
): PackedEmit {
  if (transfer === undefined && when === undefined && delay === undefined) {
    return [event, payload, timestamp];
  }
  return [event, payload, timestamp, transfer, when, delay];
}

/** Decodes effects. */
export function decodeEffects(packed: PackedEffects): Effects {
  if (isSingle(packed)) return singleEmit(packed[1], packed[2], packed[3]);
  const { sharedData, sharedLog } = NOTHING;
  const [, list, ...parts] = packed;
  const emits = list.length === 0 ? NOTHING.emits : list.map(decodeEmit);
  if (parts.length === 0) return { emits, sharedData, sharedLog };
  const effects: Record<string, unknown> = { emits };
  PARTS.forEach((part, i) => {
    const value = parts[i] ?? EFFECT_PARTS[part].none;
    if (value !== undefined) effects[part] = value;
  });
  return effects as unknown as Effects;
}

/** Returns the effects that are a single plain emit. */
export function singleEmit(event: string, payload: unknown, timestamp: number): Effects {
  const { sharedData, sharedLog } = NOTHING;
  return { emits: [{ event, payload, timestamp }], sharedData, sharedLog };
}

/** Decodes an emit. */
export function decodeEmit(emit: PackedEmit): Emit {
  const [event, payload, timestamp] = emit;
  if (emit.length === 3) return { event, payload, timestamp };
  const [, , , transfer, when, delay] = emit;
  return {
    event,
    payload,
    timestamp,
    ...transfer !== undefined && { transfer },
    ...when !== undefined && { when },
    ...delay !== undefined && { delay },
  };
}

/**
 * Returns the only emit of effects, if it moves nothing and is delivered at once, and if they begin no wait;
 * `undefined` for other effects.
 */
export function onlyEmitOf(packed: PackedEffects): PlainEmit | undefined {
  if (isSingle(packed)) return [packed[1], packed[2], packed[3]];
  const [, emits, ...parts] = packed;
  const [emit] = emits;
  if (emits.length !== 1 || emit?.length !== 3) return undefined;
  return parts[PARTS.indexOf("waits")] === undefined ? emit : undefined;
}

/** Checks whether the effects are a single plain emit. */
export function isSingle(
  packed: PackedEffects,
): packed is readonly [task: number, ...emit: PlainEmit] {
  return typeof packed[1] === "string";
}

/** Returns the number of the task of effects, or of a step. */
export function taskOf([task]: readonly [task: number, ...parts: unknown[]]): number {
  return task;
}

/**
 * Returns the objects that are moved with the effects instead of being copied.
 *
 * @param withMemory `true` to move the memory of large payloads as well. It is that of copies, which the worker
 * does not use any more.
 */
export function transferOf(packed: PackedEffects, withMemory = false): Transferable[] | undefined {
  if (isSingle(packed)) {
    const memory = withMemory ? memoryOf(packed[2]) : undefined;
    return memory && [memory];
  }
  let transfer: Transferable[] | undefined;
  for (const [, payload, , moved] of packed[1]) {
    if (moved === undefined) {
      const memory = withMemory ? memoryOf(payload) : undefined;
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
  if (typeof payload !== "object") return undefined;
  const memory = ArrayBuffer.isView(payload) ? payload.buffer : payload;
  const isLarge = memory instanceof ArrayBuffer && memory.byteLength >= LARGE;
  return isLarge && !memory.resizable ? memory : undefined;
}

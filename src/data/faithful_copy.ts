// Copies of values as structured clone makes them, but checked: `copier.ts` walks through the value. Payloads,
// configs, shared data and all else that a user passes is copied here, on the host and in workers.

import { structuredClone } from "./structured_clone.ts";
import { checkMovable, move } from "./movable.ts";
import { Copier, isPrimitive, kindOf, MAX_DEPTH } from "./copier.ts";

/**
 * Copies a value as structured clone does, but refuses a value that structured clone would lose or silently
 * change, and one that is nested so deeply that the receiver may be unable to read it. The copy is sent, so
 * later changes to the original have no effect. A field that was added to a typed array is lost without an
 * error: listing the fields takes up to a hundred times as long as copying the array.
 *
 * @param value The value.
 * @param what The name of the value in the path of an error, as `payload`.
 * @returns The copy.
 * @throws {UncloneableValueError} With the path of the offending field.
 */
export function faithfulCopy(value: unknown, what: string): unknown {
  return isPrimitive(value) ? value : new Copier(what, []).copyWhole(value, faithfulCopy);
}

/**
 * Copies a payload. If `isChecked` is `true`, refuses one that structured clone would change.
 *
 * @param value The payload.
 * @param what The name of the payload in the path of an error.
 * @param isChecked `true` to refuse a payload with parts that structured clone would lose; `false` to lose
 * those parts.
 * @throws {UncloneableValueError} If the payload is checked and would change, or if it is nested too deeply.
 */
export function copyPayload(value: unknown, what: string, isChecked: boolean): unknown {
  if (isChecked) return faithfulCopy(value, what);
  try {
    // Copies plain data several times faster than structured clone, in spite of the checks.
    return faithfulCopy(value, what);
  } catch {
    // A payload that is nested too deeply is refused by this second walk as well.
    const cloned = structuredClone(value);
    return new Copier(what, [], MAX_DEPTH, (other) => other).copyWhole(cloned, copyPayload);
  }
}

/**
 * Copies a copy, for display. Differs from {@linkcode faithfulCopy} in two ways: a buffer that has been moved
 * away becomes an empty one, and an object that can only be moved becomes its kind, as `[MessagePort]`.
 */
export function shownCopy<Value>(value: Value): Value {
  return new Copier("value", [], Infinity, shown).copy(value) as Value;
}

function shown(value: object): unknown {
  return value instanceof ArrayBuffer ? new ArrayBuffer() : `[${kindOf(value)}]`;
}

/** A payload together with the parts of it that are transferred instead of copied. */
export interface Moved {
  readonly payload: unknown;
  readonly transfer: readonly Transferable[];
}

/**
 * Copies a value as {@linkcode faithfulCopy} does, but moves the objects in `transfer`, which are detached
 * from this thread at once.
 *
 * @param value The value.
 * @param what The name of the value in the path of an error.
 * @param transfer The objects to move.
 * @returns The copy, and what was moved into it.
 * @throws {UncloneableValueError} With the path of the offending field, or the place in `transfer`.
 */
export function faithfulMove(
  value: unknown,
  what: string,
  transfer: readonly Transferable[],
): Moved {
  checkMovable(transfer, what);
  const payload = new Copier(what, transfer).copyWhole(value, faithfulMove);
  return move({ payload, transfer }, transfer, what);
}

import { structuredClone } from "./structured_clone.ts";
import { builtinPrototype } from "./builtin_prototype.ts";

/**
 * Checks whether a view of a resizable buffer has not been left outside by it, so that it can be
 * used.
 */
export function isInBounds(view: ArrayBufferView): boolean {
  try {
    if (builtinPrototype(view) === DataView.prototype) return view.byteLength >= 0;
    (view as Uint8Array).at(0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks whether a view of a resizable buffer gets longer and shorter with it, by a trial.
 *
 * @param view A view in bounds.
 */
export function tracksLength(view: ArrayBufferView): boolean {
  const probe = structuredClone(view);
  const buffer = probe.buffer as ArrayBuffer;
  buffer.resize(view.byteLength > 0 ? view.byteOffset : buffer.maxByteLength);
  return view.byteLength > 0 ? isInBounds(probe) : probe.byteLength > 0;
}

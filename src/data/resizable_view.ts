import { structuredClone } from "./structured_clone.ts";
import { builtinPrototype } from "./builtin_prototype.ts";

/** Checks whether a view of a resizable buffer is within the bounds of the buffer, so that it can be used. */
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
 * Checks, by resizing the buffer, whether the length of a view follows that of its resizable buffer.
 *
 * @param view A view in bounds.
 */
export function tracksLength(view: ArrayBufferView): boolean {
  const probe = structuredClone(view);
  const buffer = probe.buffer as ArrayBuffer;
  buffer.resize(view.byteLength > 0 ? view.byteOffset : buffer.maxByteLength);
  return view.byteLength > 0 ? isInBounds(probe) : probe.byteLength > 0;
}

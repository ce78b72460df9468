import { faithfulCopy } from "../data/faithful_copy.ts";

/**
 * Copies a payload for one more receiver. It was checked where it was emitted, as far as that is
 * wanted, so nothing is refused here but what has no copy at all: a port, a stream, and what was moved
 * away.
 *
 * @throws {UncloneableValueError} With the path of what cannot be copied.
 */
export function copyOnceMore(payload: unknown): unknown {
  try {
    return faithfulCopy(payload, "payload");
  } catch (refusal) {
    try {
      return structuredClone(payload);
    } catch {
      throw refusal;
    }
  }
}

import { faithfulCopy } from "../data/faithful_copy.ts";

/**
 * Copies a payload for one more receiver. What was to be refused in it was refused where it was
 * emitted, so that nothing is but what has no copy: a port, a stream, and what was moved away.
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

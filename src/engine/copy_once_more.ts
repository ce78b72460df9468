import { faithfulCopy } from "../data/faithful_copy.ts";

/**
 * Copies a payload for one more receiver. The payload was already checked when it was emitted, so only values
 * that cannot be copied at all are refused here: ports, streams and buffers that were moved away.
 *
 * @throws {UncloneableValueError} With the path of the value that cannot be copied.
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

import type { SerializedError } from "../data/serialized_error.ts";
import type { ErrorSnapshot } from "./run_snapshot.ts";

/** A frame of a stack, with its URL or path, line and column. */
const FRAME = /^\s+at (?:.*\()?((?:file|https?|data|blob):[^)]*?:\d+:\d+)\)?$/m;

/** Returns the place of the first frame of an error's stack, such as `file:///flow.ts:3:9`. */
export function placeOf({ stack }: SerializedError): string | undefined {
  return stack === undefined ? undefined : FRAME.exec(stack)?.[1];
}

/** Returns the name and message of an error. */
export function errorSnapshot(
  { name, message }: SerializedError,
  routineId: string | undefined,
): ErrorSnapshot {
  return { routineId, name, message };
}

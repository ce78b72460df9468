import type { SerializedError } from "../data/serialized_error.ts";
import { PLACE_FIELDS } from "../errors/place.ts";

/**
 * Tells what was thrown while an error was dealt with, as an error in its place and with it as the
 * cause.
 *
 * @param error The error that was dealt with.
 * @param thrown What was thrown meanwhile.
 */
export function followedBy(error: SerializedError, thrown: SerializedError): SerializedError {
  // Fields of its own are left out: nobody has looked whether the store can keep them.
  const { name, message, stack } = thrown;
  const ids = Object.entries(error.fields ?? {}).filter(([key]) => PLACES.has(key));
  return {
    name,
    message,
    ...stack !== undefined && { stack },
    ...ids.length > 0 && { fields: Object.fromEntries(ids) },
    cause: { error },
  };
}

const PLACES: ReadonlySet<string> = new Set(PLACE_FIELDS);

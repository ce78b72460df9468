import type { SerializedError } from "../data/serialized_error.ts";
import { PLACE_FIELDS } from "../errors/place.ts";

/**
 * Returns an error for a value that was thrown while another error was handled. The other error becomes its
 * cause and gives it the ids of its place.
 *
 * @param error The error that was being handled.
 * @param thrown The value that was thrown meanwhile, as data.
 */
export function followedBy(error: SerializedError, thrown: SerializedError): SerializedError {
  // Its own fields are left out, as nothing has checked whether the store can persist them.
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

import { MillraceError } from "../errors/millrace_error.ts";
import { type Place, placeError } from "../errors/place.ts";

/** Does something; what is refused of it carries the ids of its place. */
export function withErrorContext<Result>(place: Place, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof MillraceError ? placeError(error, place) : error;
  }
}

import { MillraceError } from "../errors/millrace_error.ts";
import { type Place, placeError } from "../errors/place.ts";

/** Calls a function, and adds the ids of a place to an error that it throws. */
export function withErrorContext<Result>(place: Place, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof MillraceError ? placeError(error, place) : error;
  }
}

import { isError } from "./is_error.ts";
import { textOf } from "./text_of.ts";

/** Returns the message of an error, or the text of another value. Never throws, whatever the value is. */
export function messageOf(thrown: unknown): string {
  try {
    if (isError(thrown)) return textOf(thrown.message);
  } catch {
    // The message may be a getter that throws.
  }
  return textOf(thrown);
}

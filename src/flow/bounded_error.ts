import type { SerializedError } from "../data/serialized_error.ts";
import { measure } from "../store/value_encoding.ts";

/** The longest message or stack, in characters; the rest is cut off. */
const MAX_TEXT = 100_000;

/** A field is left out if it takes more characters or bytes. */
const MAX_FIELD = 1_000_000;

/**
 * An error that a store can keep, however large it was: what failed an activation has to be
 * recorded, even if it cannot be recorded whole.
 *
 * @param error The error.
 * @returns The same error if it is not large.
 */
export function boundedError(error: SerializedError): SerializedError {
  const { message, stack, fields, cause, errors } = error;
  const isSmall = message.length <= MAX_TEXT && (stack?.length ?? 0) <= MAX_TEXT;
  if (isSmall && fields === undefined && cause === undefined && errors === undefined) return error;
  return {
    ...error,
    message: boundedText(message),
    ...stack !== undefined && { stack: boundedText(stack) },
    ...fields !== undefined && {
      fields: Object.fromEntries(
        Object.entries(fields).map(([key, value]) => [key, boundedValue(value)]),
      ),
    },
    ...cause !== undefined && {
      cause: "error" in cause
        ? { error: boundedError(cause.error) }
        : { value: boundedValue(cause.value) },
    },
    ...errors !== undefined && { errors: errors.map(boundedError) },
  };
}

function boundedText(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  // A part of a text holds on to all of it; a clone does not.
  return `${structuredClone(text.slice(0, MAX_TEXT))}… (${text.length - MAX_TEXT} more characters)`;
}

function boundedValue(value: unknown): unknown {
  const { size } = measure(value);
  return size <= MAX_FIELD ? value : `left out, as it takes ${Math.ceil(size / 2 ** 20)} MB`;
}

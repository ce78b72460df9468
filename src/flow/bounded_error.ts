import type { SerializedError } from "../data/serialized_error.ts";
import { measure } from "../store/value_encoding.ts";

/** The maximum length of a message or stack, in characters. The rest is cut off. */
const MAX_TEXT = 100_000;

/** The maximum size of a field, in characters or bytes. Larger fields are left out. */
const MAX_FIELD = 1_000_000;

/**
 * Returns an error of limited size. An error that failed an activation has to be recorded, even if it is too
 * large to be recorded completely.
 *
 * @param error The error.
 * @returns The bounded error; the same object if it is small.
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
  // Cloned, as a part of a string can retain the memory of the whole string.
  return `${structuredClone(text.slice(0, MAX_TEXT))}… (${text.length - MAX_TEXT} more characters)`;
}

function boundedValue(value: unknown): unknown {
  const { size } = measure(value);
  return size <= MAX_FIELD ? value : `left out, as it takes ${Math.ceil(size / 2 ** 20)} MB`;
}

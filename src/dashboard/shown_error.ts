import type { SerializedError } from "../data/serialized_error.ts";
import { cut } from "./bounded_json.ts";
import { valueText } from "./value_text.ts";

/** The number of errors within an error that are shown, and the number of causes in a row. */
const MAX_ERRORS = 20, MAX_DEPTH = 8;

/** The same for an error in a list. */
const MAX_BRIEF_ERRORS = 3, MAX_BRIEF_DEPTH = 2;

/** The number of fields that are shown. */
const MAX_FIELDS = 50;

/** Returns an error for display: its texts are cut off, and values in it are text. */
export function shownError(
  error: SerializedError,
  maxText = 10_000,
  depth = 0,
): SerializedError {
  const { name, message, stack, fields, cause, errors, field, type } = error;
  const isDeep = depth >= MAX_DEPTH;
  return {
    name: cut(name, 500),
    message: cut(message, maxText),
    ...stack !== undefined && { stack: cut(stack, maxText) },
    ...fields !== undefined && { fields: shownFields(fields) },
    ...cause !== undefined && !isDeep && {
      cause: "error" in cause
        ? { error: shownError(cause.error, maxText, depth + 1) }
        : { value: textOf(cause.value) },
    },
    ...errors !== undefined && !isDeep && {
      errors: errors.slice(0, MAX_ERRORS).map((one) => shownError(one, maxText, depth + 1)),
    },
    ...field !== undefined && { field: cut(field, 500) },
    ...type !== undefined && { type },
  };
}

/**
 * Returns an error for a list: its name, and the beginnings of its message and stack, and the same of its cause and of the
 * errors within it, without their stacks.
 */
export function briefError(
  { name, message, stack, cause, errors, field }: SerializedError,
  depth = 0,
): SerializedError {
  const isDeep = depth >= MAX_BRIEF_DEPTH;
  return {
    name: cut(name, 200),
    message: cut(message, 500),
    ...stack !== undefined && depth === 0 && { stack: cut(stack, 2_000) },
    ...cause !== undefined && "error" in cause && !isDeep && {
      cause: { error: briefError(cause.error, depth + 1) },
    },
    ...errors !== undefined && !isDeep && {
      errors: errors.slice(0, MAX_BRIEF_ERRORS).map((one) => briefError(one, depth + 1)),
    },
    ...field !== undefined && { field: cut(field, 200) },
  };
}

function shownFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const keys = Object.keys(fields).slice(0, MAX_FIELDS);
  return Object.fromEntries(keys.map((key) => {
    const value = fields[key];
    const isShort = typeof value === "number" || typeof value === "boolean" || value === null;
    return [
      cut(key, 200),
      isShort ? value : typeof value === "string" ? cut(value, 1_000) : textOf(value),
    ];
  }));
}

function textOf(value: unknown): string {
  return cut(valueText(value, 1_000, 1_001).text, 1_000);
}

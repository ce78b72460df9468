// Errors as plain data, and back: how they travel between threads, are stored and are shown. Used
// wherever an error leaves its thread or its job.

import { type Place, PLACE_FIELDS } from "../errors/place.ts";
import { errorClassOf, hides } from "./error_classes.ts";
import { ErrorSerializer, UNREADABLE } from "./error_serializer.ts";
import { shownCopy } from "./faithful_copy.ts";

export { type ErrorClass, registerError } from "./error_classes.ts";

/**
 * An error as plain data, whole: what structured clone would lose of it is preserved.
 *
 * @example The error of a job, for a report
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { SerializedError } from "@millrace/flow/routine";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * const job = await flow.cancel(flow.start("fibonacci.n", 20)).waitForCompletion();
 * const error: SerializedError | null = job.toJSON().error;
 * console.log(error?.name); // JobCancelledError
 * ```
 */
export interface SerializedError {
  /** Its name, as `"TypeError"`; where neither it nor its class has one, the name of the class. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Its stack, where it was thrown. */
  readonly stack?: string;
  /** Its own fields, and its `code` if it inherits one. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Its cause: another error, or a value. */
  readonly cause?: { readonly error: SerializedError } | { readonly value: unknown };
  /**
   * The errors within it: the members of an `AggregateError`, and those that stand in fields, as in
   * `error` and `suppressed` of a `SuppressedError`. These have a `field`.
   */
  readonly errors?: readonly SerializedError[];
  /** The name of the field that it stands in, if it is within another error but not in a list. */
  readonly field?: string;
  /** Its class, if that is one whose errors have names of their own, as `"AbortError"`. */
  readonly type?: "DOMException";
}

/**
 * Turns whatever was thrown into data. Never throws: what cannot be read of an error is left out.
 *
 * @param thrown What was thrown. If it is not an error, a `ThrownValueError` stands for it.
 * @returns The error as data that structured clone keeps.
 */
export function serializeError(thrown: unknown): SerializedError {
  try {
    return new ErrorSerializer().serialize(thrown);
  } catch {
    return UNREADABLE;
  }
}

/** Adds the ids that place an error; a field of its own stays as it is. */
export function placed(error: SerializedError, place: Place): SerializedError {
  const ids = PLACE_FIELDS.filter((field) => place[field] !== undefined);
  const fields = Object.fromEntries(ids.map((field) => [field, place[field]]));
  return { ...error, fields: { ...fields, ...error.fields } };
}

/**
 * Turns data back into an error, of the same class where that is a built-in one or one of
 * Millrace's, else a plain `Error` with the same name. It shares nothing with the data.
 *
 * @param data What {@linkcode serializeError} made.
 * @returns The error.
 */
export function reviveError(data: SerializedError): Error {
  const error = emptyError(data);
  hide(error, "stack", data.stack);
  const { cause } = data;
  if (cause !== undefined) {
    hide(error, "cause", "error" in cause ? reviveError(cause.error) : shownCopy(cause.value));
  }
  const members = data.errors?.filter(({ field }) => field === undefined) ?? [];
  if (members.length > 0 || data.errors?.length === 0 || hides(error, "errors")) {
    hide(error, "errors", members.map(reviveError));
  }
  // Assigned, a field that its class only reads would throw.
  for (const [key, value] of fieldsOf(data)) {
    Object.defineProperty(error, key, { ...OPEN, value, enumerable: !hides(error, key) });
  }
  return error;
}

/**
 * Turns data back into what was thrown: an error, or the value that a `ThrownValueError` stands for.
 *
 * @param data What {@linkcode serializeError} made.
 * @returns What was thrown.
 */
export function reviveThrown(data: SerializedError): unknown {
  return data.name === "ThrownValueError" && data.fields !== undefined && "value" in data.fields
    ? shownCopy(data.fields.value)
    : reviveError(data);
}

/** Creates an error of the serialized class and name, without its parts. */
function emptyError({ name, message, type }: SerializedError): Error {
  if (type === "DOMException") return new DOMException(message, name);
  const error = new Error(message);
  const Class = errorClassOf(name);
  if (Class !== undefined) Object.setPrototypeOf(error, Class.prototype);
  if (nameOf(error) !== name) hide(error, "name", name);
  return error;
}

/** The name of an error, if its class lets it be read without being constructed. */
function nameOf(error: Error): unknown {
  try {
    return error.name;
  } catch {
    return undefined;
  }
}

function fieldsOf({ fields = {}, errors = [], type }: SerializedError): [string, unknown][] {
  const all = Object.entries(shownCopy(fields));
  for (const error of errors) {
    if (error.field !== undefined) all.push([error.field, reviveError(error)]);
  }
  // A DOMException has its code from its class.
  return type === undefined ? all : all.filter(([key]) => key !== "code");
}

/** The attributes of a property that can be changed. */
const OPEN = { writable: true, configurable: true };

function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { ...OPEN, value });
}

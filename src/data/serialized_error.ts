// Converts errors to plain data and back, for sending them to other threads, storing them and showing them.
// Used wherever an error leaves its thread or its job.

import { type Place, PLACE_FIELDS } from "../errors/place.ts";
import { errorClassOf, hides } from "./error_classes.ts";
import { ErrorSerializer, UNREADABLE } from "./error_serializer.ts";
import { shownCopy } from "./faithful_copy.ts";

export { type ErrorClass, registerError } from "./error_classes.ts";

/**
 * An error as plain data. It preserves the parts of the error that structured clone would lose.
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
  /** Its name, as `"TypeError"`; if neither it nor its class defines a `name`, the name of the class. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Its stack trace. */
  readonly stack?: string;
  /** Its own fields, and its `code` if it inherits one. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Its cause: another error, or a value. */
  readonly cause?: { readonly error: SerializedError } | { readonly value: unknown };
  /**
   * The errors within it: the members of an `AggregateError`, and errors in fields, such as `error` and
   * `suppressed` of a `SuppressedError`. An error in a field has `field` set.
   */
  readonly errors?: readonly SerializedError[];
  /** The name of the field of the outer error that holds this one; absent for a member of a list. */
  readonly field?: string;
  /** Its class, if the errors of that class have different names, such as `"AbortError"`. */
  readonly type?: "DOMException";
}

/**
 * Converts a thrown value to data. Never throws: parts of an error that cannot be read are left out.
 *
 * @param thrown The thrown value. If it is not an error, a `ThrownValueError` stands for it.
 * @returns The error as data that structured clone preserves.
 */
export function serializeError(thrown: unknown): SerializedError {
  try {
    return new ErrorSerializer().serialize(thrown);
  } catch {
    return UNREADABLE;
  }
}

/** Adds the ids that place an error. A field that the error already has is not replaced. */
export function placed(error: SerializedError, place: Place): SerializedError {
  const ids = PLACE_FIELDS.filter((field) => place[field] !== undefined);
  const fields = Object.fromEntries(ids.map((field) => [field, place[field]]));
  return { ...error, fields: { ...fields, ...error.fields } };
}

/**
 * Converts data back to an error. Its class is the original one if that is a standard class, a registered
 * one, or one of Millrace's that can end an activation or a job; else `Error` with the original name. The
 * error shares no objects with the data.
 *
 * @param data The result of {@linkcode serializeError}.
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
  // Defined instead of assigned: assigning to a field for which the class has only a getter would throw.
  for (const [key, value] of fieldsOf(data)) {
    Object.defineProperty(error, key, { ...OPEN, value, enumerable: !hides(error, key) });
  }
  return error;
}

/**
 * Converts data back to the thrown value: an error, or the value that a `ThrownValueError` stands for.
 *
 * @param data The result of {@linkcode serializeError}.
 * @returns The thrown value.
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

/**
 * Returns the name of an error; `undefined` if its class has a getter that fails on an error it did not
 * create.
 */
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
  // The getter of `DOMException` gives the code.
  return type === undefined ? all : all.filter(([key]) => key !== "code");
}

/** The attributes of a property that can be changed and redefined. */
const OPEN = { writable: true, configurable: true };

function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { ...OPEN, value });
}

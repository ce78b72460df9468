// The place of an error, and its texts, for groups of failures and rows of jobs. `RunModel` and `FailureGroups` call it
// with each failed attempt, so all of it is bounded.

import type { SerializedError } from "../data/serialized_error.ts";
import type { ErrorSnapshot } from "./run_snapshot.ts";

/** The maximum length of a message and of a stack, as each job and each group of failures holds one. */
const MAX_MESSAGE = 2_000, MAX_STACK = 8_000;

/** The maximum length of a line of a stack in which a place is looked for. */
const MAX_LINE = 2_000;

/** The number of members of an `AggregateError` that are shown. */
const MAX_MEMBERS = 3;

/** The URL of a module, with its line and column. */
const PLACE = /^(?:file|https?|data|blob):.*:\d+:\d+$/;

/**
 * Returns the place of the first frame of an error's stack, such as `file:///flow.ts:3:9`. If it has no frame, as the
 * error of `Promise.any`, that is the place of the first of its members that has one. The time for that grows only with
 * the length of the stack, as a message can be of any length and content.
 */
export function placeOf(error: SerializedError): string | undefined {
  return ownPlaceOf(error) ?? membersOf(error).map(ownPlaceOf).find((place) => place !== undefined);
}

function ownPlaceOf({ message, stack }: SerializedError): string | undefined {
  if (stack === undefined) return undefined;
  // A line of the message may look like a frame.
  let end = Math.max(0, stack.indexOf(message)) + message.length;
  for (let start = end; start < stack.length; start = end + 1) {
    end = stack.indexOf("\n", start);
    if (end < 0) end = stack.length;
    const place = end - start > MAX_LINE ? undefined : placeIn(stack.slice(start, end).trim());
    if (place !== undefined) return place;
  }
  return undefined;
}

/** Returns the name and the message of an error. */
export function errorSnapshot(
  error: SerializedError,
  routineId: string | undefined,
): ErrorSnapshot {
  return { routineId, name: shortName(error), message: shortMessage(error) };
}

/** Returns the beginning of the name of an error. */
export function shortName({ name }: SerializedError): string {
  return beginOf(name, MAX_MESSAGE);
}

/** Returns the beginning of the message of an error, followed by those of its members, which are its reasons. */
export function shortMessage(error: SerializedError): string {
  const message = beginOf(error.message, MAX_MESSAGE);
  const members = membersOf(error);
  if (members.length === 0) return message;
  const shown = members.map((one) => `${shortName(one)}: ${beginOf(one.message, MAX_MESSAGE)}`);
  const more = (error.errors?.length ?? 0) > shown.length ? "; …" : "";
  return beginOf(`${message} (${shown.join("; ")}${more})`, MAX_MESSAGE);
}

/** Returns the beginning of a stack. */
export function shortStack(stack: string | undefined): string | undefined {
  return stack === undefined ? undefined : beginOf(stack, MAX_STACK);
}

/** Finds the place in a frame, as `at f (file:///flow.ts:3:9)` or `at file:///flow.ts:3:9`. */
function placeIn(frame: string): string | undefined {
  if (!frame.startsWith("at ")) return undefined;
  const text = frame.endsWith(")")
    ? frame.slice(frame.lastIndexOf(" (") + 2, -1)
    : frame.replace(/^at (?:async )?/, "");
  return PLACE.test(text) ? text : undefined;
}

/** Returns the first members of an `AggregateError`. */
function membersOf({ errors = [] }: SerializedError): SerializedError[] {
  return errors.slice(0, MAX_MEMBERS).filter(({ field }) => field === undefined);
}

function beginOf(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}

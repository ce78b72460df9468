// Decides whether JSON, which is faster than structured clone, represents a value exactly. Called when values
// and events are encoded.

import { hasFields } from "../data/has_fields.ts";
import type { JobEvent } from "../engine/job_event.ts";

/** The depth from which on structured clone is used instead of JSON, as it uses less of the stack. */
const MAX_DEPTH = 64;

/** The fields of an event that contain values of routines. All other fields are Millrace's own. */
const MADE_BY_ROUTINES: ReadonlySet<string> = new Set([
  "payload",
  "data",
  "value",
  "routineState",
  "error",
]);

/**
 * Checks whether JSON represents an event exactly. JSON leaves out fields that are `undefined`, which makes
 * no difference for fields of the event itself, but would for fields within a payload.
 */
export function isJsonEvent(event: JobEvent): boolean {
  return isJsonNode(event);
}

function isJsonNode(node: object): boolean {
  if (Array.isArray(node)) {
    for (const item of node) if (!isJsonNode(item)) return false;
    return true;
  }
  for (const key of Object.keys(node)) {
    const value: unknown = node[key as keyof typeof node];
    if (typeof value !== "object" || value === null) {
      if (value !== undefined && !isJsonPrimitive(value)) return false;
    } else if (key === "transfer") return false;
    else if (MADE_BY_ROUTINES.has(key) ? !isJson(value) : !isJsonNode(value)) return false;
  }
  return true;
}

/** Checks whether JSON represents a value exactly, including its types and the identity of its parts. */
export function isJson(value: unknown): boolean {
  return jsonSize(value) !== NOT_JSON;
}

/** The size of a value that JSON does not represent exactly. */
export const NOT_JSON = -1;

/**
 * Returns the approximate size of a value as JSON, in characters. Escape sequences are not counted.
 *
 * @returns The size, or {@linkcode NOT_JSON}.
 */
export function jsonSize(value: unknown): number {
  if (typeof value !== "object" || value === null) return sizeOfPrimitive(value);
  return sizeOfObject(value, new Set(), 0);
}

function isJsonPrimitive(value: unknown): boolean {
  return sizeOfPrimitive(value) !== NOT_JSON;
}

/** The typical size of a number or another short value, in characters. */
const SHORT = 6;

function sizeOfPrimitive(value: unknown): number {
  switch (typeof value) {
    case "string":
      return value.length + 2;
    case "boolean":
      return SHORT;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? SHORT : NOT_JSON;
    default:
      return value === null ? SHORT : NOT_JSON;
  }
}

function sizeOfObject(value: object, seen: Set<object>, depth: number): number {
  if (depth > MAX_DEPTH || seen.has(value)) return NOT_JSON;
  seen.add(value);
  const prototype = Object.getPrototypeOf(value);
  let total = 2;
  if (prototype === Array.prototype) {
    // A gap is treated like an item that is `undefined`, which JSON cannot represent either.
    for (let i = 0; i < (value as unknown[]).length; i++) {
      const size = sizeOfPart((value as unknown[])[i], seen, depth);
      if (size === NOT_JSON) return NOT_JSON;
      total += size + 1;
    }
    return hasFields(value as unknown[]) ? NOT_JSON : total;
  }
  if (prototype !== Object.prototype && prototype !== null) return NOT_JSON;
  for (const key of Object.keys(value)) {
    const size = sizeOfPart(value[key as keyof typeof value], seen, depth);
    if (size === NOT_JSON) return NOT_JSON;
    total += size + key.length + 4;
  }
  return total;
}

function sizeOfPart(value: unknown, seen: Set<object>, depth: number): number {
  return typeof value === "object" && value !== null
    ? sizeOfObject(value, seen, depth + 1)
    : sizeOfPrimitive(value);
}

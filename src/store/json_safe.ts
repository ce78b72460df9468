import { hasFields } from "../data/has_fields.ts";
import type { JobEvent } from "../engine/job_event.ts";

/** Deeper than this, a value is left to structured clone, which uses less of the stack. */
const MAX_DEPTH = 64;

/** The fields of an event that hold what routines made; all others are Millrace's own. */
const MADE_BY_ROUTINES: ReadonlySet<string> = new Set([
  "payload",
  "data",
  "value",
  "routineState",
  "error",
]);

/**
 * Whether JSON gives an event back as it is. A field of the event itself that is `undefined` is left
 * out, which means the same; within a payload it would not.
 */
export function isJsonEvent(event: JobEvent): boolean {
  return isJsonNode(event);
}

function isJsonNode(node: object): boolean {
  if (Array.isArray(node)) {
    for (const item of node) if (!isJsonNode(item)) return false;
    return true;
  }
  for (const key in node) {
    const value: unknown = node[key as keyof typeof node];
    if (typeof value !== "object" || value === null) {
      if (value !== undefined && !isJsonPrimitive(value)) return false;
    } else if (key === "transfer") return false;
    else if (MADE_BY_ROUTINES.has(key) ? !isJson(value) : !isJsonNode(value)) return false;
  }
  return true;
}

/**
 * Whether JSON gives a value back as it is: its types, and which of its parts are the same object.
 */
export function isJson(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isJsonPrimitive(value);
  return isJsonObject(value, new Set(), 0);
}

function isJsonPrimitive(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    default:
      return value === null;
  }
}

function isJsonObject(value: object, seen: Set<object>, depth: number): boolean {
  if (depth > MAX_DEPTH || seen.has(value)) return false;
  seen.add(value);
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) {
    // A gap is as an item that is undefined, which JSON cannot hold either.
    for (let i = 0; i < (value as unknown[]).length; i++) {
      if (!isJsonPart((value as unknown[])[i], seen, depth)) return false;
    }
    return !hasFields(value as unknown[]);
  }
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    if (!isJsonPart(value[key as keyof typeof value], seen, depth)) return false;
  }
  return true;
}

function isJsonPart(value: unknown, seen: Set<object>, depth: number): boolean {
  return typeof value === "object" && value !== null
    ? isJsonObject(value, seen, depth + 1)
    : isJsonPrimitive(value);
}

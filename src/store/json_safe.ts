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
    const keys = Object.keys(value);
    const { length } = value as unknown[];
    // Indices come first, so in an array without gaps or fields the last index is the last key.
    if (keys.length !== length || Number(keys.at(-1) ?? -1) !== length - 1) return false;
  } else if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    const item: unknown = value[key as keyof typeof value];
    const holds = typeof item === "object" && item !== null
      ? isJsonObject(item, seen, depth + 1)
      : isJsonPrimitive(item);
    if (!holds) return false;
  }
  return true;
}

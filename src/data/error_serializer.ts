// Converts errors of any kind to data, for `serializeError`. Each step may throw, because of a getter, a
// `Proxy` or a full stack.

import { isError } from "../errors/is_error.ts";
import { textOf } from "../errors/text_of.ts";
import { ThrownValueError } from "../errors/value_errors.ts";
import { cloneable } from "./cloneable.ts";
import { HIDDEN_KEYS } from "./error_classes.ts";
import type { SerializedError } from "./serialized_error.ts";

/** The maximum depth to which causes and members are followed, which also bounds cycles. */
const MAX_DEPTH = 16;
/** The maximum number of errors within one error that are serialized. */
const MAX_ERRORS = 100;

/** The properties that are serialized separately from an error's other fields. */
const SET_APART: ReadonlySet<string> = new Set(["name", "message", "stack", "cause"]);

/** Serializes one error with all errors within it. */
export class ErrorSerializer {
  #left = MAX_ERRORS;

  /** Serializes a thrown value. */
  serialize(thrown: unknown, depth = MAX_DEPTH): SerializedError {
    this.#left--;
    const error = isError(thrown) ? thrown : new ThrownValueError(cloneable(thrown));
    const cause = read(error, "cause");
    const stack = read(error, "stack");
    const hasCause = cause !== undefined && this.#hasRoom(depth);
    const causedBy = hasCause && this.#cause(cause, depth - 1);
    const { fields, errors } = this.#parts(error, depth);
    return {
      name: nameOf(error),
      message: textOf(read(error, "message") ?? ""),
      ...isDOMException(error) && { type: "DOMException" },
      ...stack !== undefined && { stack: textOf(stack) },
      ...fields.length > 0 && { fields: Object.fromEntries(fields) },
      ...causedBy && { cause: causedBy },
      ...errors !== undefined && { errors },
    };
  }

  #hasRoom(depth: number): boolean {
    return depth > 0 && this.#left > 0;
  }

  #cause(cause: unknown, depth: number): NonNullable<SerializedError["cause"]> {
    return isError(cause) ? { error: this.#within(cause, depth) } : { value: cloneable(cause) };
  }

  /**
   * Serializes a value within another error. If the value cannot be read, the other error is still
   * serialized.
   */
  #within(thrown: unknown, depth: number): SerializedError {
    try {
      return this.serialize(thrown, depth);
    } catch {
      return UNREADABLE;
    }
  }

  /** Returns the fields of an error, and the errors within it. */
  #parts(error: Error, depth: number) {
    const fields: [string, unknown][] = [];
    const within: SerializedError[] = [];
    const members = membersOf(error);
    for (const key of keysOf(error)) {
      if (SET_APART.has(key) || (key === "errors" && members !== undefined)) continue;
      const value = read(error, key);
      if (isError(value) && this.#hasRoom(depth)) {
        within.push({ ...this.#within(value, depth - 1), field: key });
      } else fields.push([key, cloneable(value)]);
    }
    if (this.#hasRoom(depth)) {
      for (const member of members ?? []) {
        if (this.#left > 0) within.push(this.#within(member, depth - 1));
      }
    }
    const isWhole = members !== undefined && depth > 0;
    return { fields, errors: within.length > 0 || isWhole ? within : undefined };
  }
}

/**
 * The data for an error that cannot be read. Created in advance, as no call can be made when the stack is
 * full.
 */
export const UNREADABLE: SerializedError = Object.freeze({
  name: "Error",
  message: "an error that could not be read",
});

/**
 * Returns the name of an error; if neither the error nor its class defines a `name`, the name of the class
 * itself.
 */
function nameOf(error: Error): string {
  const name = textOf(read(error, "name", "Error") ?? "Error");
  try {
    let owner: object | null = error;
    while (owner !== null && !Object.hasOwn(owner, "name")) owner = Object.getPrototypeOf(owner);
    const first: object | null = Object.getPrototypeOf(error);
    if (owner === null || first === null || owner === error || owner === first) return name;
    return isBuiltIn(owner) ? classNameOf(first) ?? name : name;
  } catch {
    // Reading a proxy may throw at any step.
    return name;
  }
}

/** Checks whether a prototype belongs to a built-in class of any realm. */
function isBuiltIn(prototype: object): boolean {
  const type: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof type === "function" &&
    Function.prototype.toString.call(type).endsWith("{ [native code] }");
}

function classNameOf(prototype: object): string | undefined {
  const type: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  const name: unknown = typeof type === "function" ? Reflect.get(type, "name") : undefined;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/**
 * Returns the names of an error's fields: enumerable ones, those that are not enumerable in its class, and an
 * inherited `code`.
 */
function keysOf(error: Error): string[] {
  try {
    const keys = Object.keys(error);
    const more = [...HIDDEN_KEYS.filter((key) => Object.hasOwn(error, key)), "code"];
    for (const key of more) {
      if (!keys.includes(key) && read(error, key) !== undefined) keys.push(key);
    }
    return keys;
  } catch {
    return [];
  }
}

/** Returns the list of the errors in an aggregate error, if it is one. */
function membersOf(error: Error): readonly unknown[] | undefined {
  try {
    const errors = read(error, "errors");
    if (!Array.isArray(errors)) return undefined;
    // Bounded, as a list may be extremely long.
    const members: unknown[] = errors.slice(0, MAX_ERRORS);
    const isAggregate = !Object.prototype.propertyIsEnumerable.call(error, "errors") &&
      Object.hasOwn(error, "errors");
    return isAggregate || members.some(isError) ? members : undefined;
  } catch {
    return undefined;
  }
}

function isDOMException(error: Error): boolean {
  try {
    return Object.getPrototypeOf(error) === DOMException.prototype;
  } catch {
    return false;
  }
}

/** Returns a field. If reading it throws, returns a replacement, by default the text of the error. */
function read(error: Error, key: string, instead?: string): unknown {
  try {
    return Reflect.get(error, key);
  } catch (thrown) {
    return instead ?? textOf(thrown);
  }
}

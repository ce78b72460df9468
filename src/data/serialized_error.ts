import { ActivationCancelledError } from "../errors/activation_cancelled_error.ts";
import { ActivationEndedError } from "../errors/activation_ended_error.ts";
import { ActivationTimeoutError } from "../errors/activation_timeout_error.ts";
import { ClosedError } from "../errors/closed_error.ts";
import { FlowChangedError } from "../errors/flow_changed_error.ts";
import { JobCancelledError } from "../errors/job_cancelled_error.ts";
import { JobTimeoutError } from "../errors/job_timeout_error.ts";
import { type Place, PLACE_FIELDS } from "../errors/place.ts";
import { ModuleLoadError } from "../errors/module_load_error.ts";
import { PoisonedActivationError } from "../errors/poisoned_activation_error.ts";
import { QueueFullError } from "../errors/queue_full_error.ts";
import { RoutineNotExportedError } from "../errors/routine_not_exported_error.ts";
import { SignalTimeoutError } from "../errors/signal_timeout_error.ts";
import { SlotValidationError } from "../errors/slot_validation_error.ts";
import { StoreValueError } from "../errors/store_value_error.ts";
import { textOf } from "../errors/text_of.ts";
import { ThrownValueError } from "../errors/thrown_value_error.ts";
import { UncaughtError } from "../errors/uncaught_error.ts";
import { UncloneableValueError } from "../errors/uncloneable_value_error.ts";
import { UnknownSlotError } from "../errors/unknown_slot_error.ts";
import { WorkerLostError } from "../errors/worker_lost_error.ts";
import { WorkerStartError } from "../errors/worker_start_error.ts";
import { faithfulCopy, shownCopy } from "./faithful_copy.ts";

/**
 * An error as plain data, whole: what structured clone would lose of it is kept.
 *
 * @example The error of a job, for a report
 * ```ts
 * import { Flow, type SerializedError } from "@millrace/flow";
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
  /** Its name, as `"TypeError"`. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Its stack, where it was thrown. */
  readonly stack?: string;
  /** Its own fields, and its `code` if it inherits one. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Its cause: another error, or a value. */
  readonly cause?: { readonly error: SerializedError } | { readonly value: unknown };
  /** The members of an `AggregateError`. */
  readonly errors?: readonly SerializedError[];
}

/** Causes and members are followed this far, which also ends what leads back to itself. */
const MAX_DEPTH = 16;
/** So many errors are told of one, at most. */
const MAX_ERRORS = 100;

/**
 * Turns whatever was thrown into data.
 *
 * @param thrown What was thrown. If it is not an error, a `ThrownValueError` stands for it.
 * @returns The error as data that structured clone keeps.
 */
export function serializeError(thrown: unknown): SerializedError {
  return new Serializer().serialize(thrown, MAX_DEPTH);
}

/** What is told apart from an error's own fields. */
const OWN: ReadonlySet<string> = new Set(["name", "message", "stack", "cause"]);

class Serializer {
  #left = MAX_ERRORS;

  serialize(thrown: unknown, depth: number): SerializedError {
    this.#left--;
    const error = isError(thrown) ? thrown : new ThrownValueError(cloneable(thrown));
    const isAll = depth === 0 || this.#left <= 0;
    const members = membersOf(error);
    const cause = read(error, "cause");
    const stack = read(error, "stack");
    const fields: Record<string, unknown> = {};
    for (const key of Object.keys(error)) {
      if (!OWN.has(key) && !(key === "errors" && members)) {
        fields[key] = cloneable(read(error, key));
      }
    }
    // That of a DOMException, say, is not a field of its own.
    const code = read(error, "code");
    if (code !== undefined) fields.code ??= cloneable(code);
    return {
      name: textOf(read(error, "name")),
      message: textOf(read(error, "message")),
      ...stack !== undefined && { stack: textOf(stack) },
      ...Object.keys(fields).length > 0 && { fields },
      ...!isAll && cause !== undefined && { cause: this.#cause(cause, depth - 1) },
      ...!isAll && members && { errors: this.#members(members, depth - 1) },
    };
  }

  #cause(cause: unknown, depth: number): NonNullable<SerializedError["cause"]> {
    return isError(cause) ? { error: this.serialize(cause, depth) } : { value: cloneable(cause) };
  }

  #members(members: readonly unknown[], depth: number): SerializedError[] {
    const serialized: SerializedError[] = [];
    for (const member of members) {
      if (this.#left > 0) serialized.push(this.serialize(member, depth));
    }
    return serialized;
  }
}

function isError(value: unknown): value is Error {
  return value instanceof Error;
}

/** The errors that an error is made of, if it is. */
function membersOf(error: Error): readonly unknown[] | undefined {
  const errors = read(error, "errors");
  if (!Array.isArray(errors)) return undefined;
  return error instanceof AggregateError || errors.some(isError) ? errors : undefined;
}

/** A field, or what reading it threw. */
function read(error: Error, key: string): unknown {
  try {
    return Reflect.get(error, key);
  } catch (thrown) {
    return textOf(thrown);
  }
}

/** The value if it can be cloned whole, else its text. */
function cloneable(value: unknown): unknown {
  try {
    return faithfulCopy(value, "value");
  } catch {
    return textOf(value);
  }
}

/** Adds the ids that place an error; a field of its own stays as it is. */
export function placed(error: SerializedError, place: Place): SerializedError {
  const ids = PLACE_FIELDS.filter((field) => place[field] !== undefined);
  const fields = Object.fromEntries(ids.map((field) => [field, place[field]]));
  return { ...error, fields: { ...fields, ...error.fields } };
}

/**
 * A class of errors, as `registerError` takes it.
 *
 * @example Registering several classes
 * ```ts
 * import { type ErrorClass, registerError } from "@millrace/flow";
 *
 * function registerAll(types: readonly ErrorClass[]): void {
 *   for (const type of types) registerError(type);
 * }
 * registerAll([Deno.errors.NotFound, Deno.errors.TimedOut]);
 * ```
 */
export interface ErrorClass {
  /** Its name, which its instances have as their `name`. */
  readonly name: string;
  /** What its instances inherit from. */
  readonly prototype: Error;
}

/** The classes that can be given back, by name. */
const CLASSES = new Map<string, ErrorClass>([
  Error,
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  ActivationCancelledError,
  ActivationEndedError,
  ActivationTimeoutError,
  ClosedError,
  FlowChangedError,
  JobCancelledError,
  JobTimeoutError,
  ModuleLoadError,
  PoisonedActivationError,
  QueueFullError,
  RoutineNotExportedError,
  SignalTimeoutError,
  SlotValidationError,
  StoreValueError,
  ThrownValueError,
  UncaughtError,
  UncloneableValueError,
  UnknownSlotError,
  WorkerLostError,
  WorkerStartError,
].map((type): [string, ErrorClass] => [type.name, type]));

/**
 * Lets errors that routines throw arrive as instances of their class, and not as plain `Error`s of the
 * same name. Their fields arrive either way.
 *
 * @example An error class of a routine
 * ```ts
 * import { registerError } from "@millrace/flow";
 *
 * class QuotaError extends Error {
 *   override readonly name = "QuotaError";
 * }
 * registerError(QuotaError);
 * ```
 *
 * @param type The class. Its constructor is not called.
 */
export function registerError(type: ErrorClass): void {
  CLASSES.set(type.name, type);
}

/** How a property is that can be changed. */
const OPEN = { writable: true, configurable: true };

/**
 * Turns data back into an error, of the same class where that is a built-in one or one of
 * Millrace's, else a plain `Error` with the same name. It shares nothing with the data.
 *
 * @param data What {@linkcode serializeError} made.
 * @returns The error.
 */
export function reviveError(data: SerializedError): Error {
  const error = new Error(data.message);
  const type = CLASSES.get(data.name);
  if (type !== undefined) Object.setPrototypeOf(error, type.prototype);
  if (read(error, "name") !== data.name) hide(error, "name", data.name);
  hide(error, "stack", data.stack);
  const { cause } = data;
  if (cause !== undefined) {
    hide(error, "cause", "error" in cause ? reviveError(cause.error) : shownCopy(cause.value));
  }
  if (data.errors !== undefined) hide(error, "errors", data.errors.map(reviveError));
  // Assigned, a field that its class only reads would throw.
  for (const [key, value] of Object.entries(shownCopy(data.fields ?? {}))) {
    Object.defineProperty(error, key, { ...OPEN, value, enumerable: true });
  }
  return error;
}

function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { ...OPEN, value });
}

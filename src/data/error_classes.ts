// The classes of errors that are restored when an error is received, and their fields that are not
// enumerable.

import {
  ActivationCancelledError,
  ActivationEndedError,
  ActivationTimeoutError,
  LimitKeyError,
  PoisonedActivationError,
  RepeatMismatchError,
  SignalTimeoutError,
} from "../errors/activation_errors.ts";
import { ClosedError, InvalidOptionError } from "../errors/call_errors.ts";
import { FlowChangedError, SlotValidationError, UnknownSlotError } from "../errors/flow_errors.ts";
import { FeedError, JobCancelledError, JobTimeoutError } from "../errors/job_errors.ts";
import {
  ModuleLoadError,
  QueueFullError,
  RoutineNotExportedError,
  WorkerLostError,
  WorkerStartError,
} from "../errors/worker_errors.ts";
import { StoreValueError } from "../errors/store_errors.ts";
import { ThrownValueError, UncaughtError, UncloneableValueError } from "../errors/value_errors.ts";

/**
 * A class of errors, as `registerError` takes it.
 *
 * @example Registering several classes
 * ```ts
 * import { type ErrorClass, registerError } from "@millrace/flow/routine";
 *
 * function registerAll(types: readonly ErrorClass[]): void {
 *   for (const type of types) registerError(type);
 * }
 * registerAll([Deno.errors.NotFound, Deno.errors.TimedOut]);
 * ```
 */
export interface ErrorClass {
  /** The name of the class. Errors are matched to it by their `name`, or else by the name of their class. */
  readonly name: string;
  /** The prototype of its instances. */
  readonly prototype: Error;
}

/** The classes that can be restored, by name. */
const CLASSES = new Map<string, ErrorClass>([
  Error,
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SuppressedError,
  SyntaxError,
  TypeError,
  URIError,
  ActivationCancelledError,
  ActivationEndedError,
  ActivationTimeoutError,
  ClosedError,
  FeedError,
  FlowChangedError,
  InvalidOptionError,
  JobCancelledError,
  JobTimeoutError,
  LimitKeyError,
  ModuleLoadError,
  PoisonedActivationError,
  QueueFullError,
  RepeatMismatchError,
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

/** The names of the standard errors, and of Millrace's errors that can end an activation or a job. */
export const ERROR_NAMES: readonly string[] = [...CLASSES.keys()];

/**
 * Registers a class of errors, so that errors which routines throw are received as instances of it, and not
 * of `Error` with the same name. Their fields are preserved in any case.
 *
 * @example An error class of a routine
 * ```ts
 * import { registerError } from "@millrace/flow/routine";
 *
 * class QuotaError extends Error {
 *   override readonly name = "QuotaError";
 * }
 * registerError(QuotaError);
 * ```
 *
 * @param type The class. Its constructor is never called.
 */
export function registerError(type: ErrorClass): void {
  CLASSES.set(type.name, type);
}

/** Returns the class that is registered under a name, if there is one. */
export function errorClassOf(name: string): ErrorClass | undefined {
  return CLASSES.get(name);
}

/**
 * The own fields of standard classes that are not enumerable, besides the `cause` that each error may have.
 */
const HIDDEN: readonly (readonly [type: ErrorClass, keys: readonly string[]])[] = [
  [AggregateError, ["errors"]],
  [SuppressedError, ["error", "suppressed"]],
];

/** The names of all fields that are not enumerable in a standard class. */
export const HIDDEN_KEYS: readonly string[] = HIDDEN.flatMap(([, keys]) => keys);

/** Checks whether a field is not enumerable in the class of an error of this realm. */
export function hides(error: Error, key: string): boolean {
  return HIDDEN.some(([{ prototype }, keys]) =>
    keys.includes(key) && Object.prototype.isPrototypeOf.call(prototype, error)
  );
}

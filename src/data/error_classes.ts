// The classes of errors that arrive as what they are, and which of their fields are not listed.

import {
  ActivationCancelledError,
  ActivationEndedError,
  ActivationTimeoutError,
  PoisonedActivationError,
  RepeatMismatchError,
  SignalTimeoutError,
} from "../errors/activation_errors.ts";
import { ClosedError, InvalidOptionError } from "../errors/call_errors.ts";
import { FlowChangedError, SlotValidationError, UnknownSlotError } from "../errors/flow_errors.ts";
import { JobCancelledError, JobTimeoutError } from "../errors/job_errors.ts";
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
  /** Its name, which its instances have as their `name` unless they have no name of their own. */
  readonly name: string;
  /** The prototype of its instances. */
  readonly prototype: Error;
}

/** The classes that can be given back, by name. */
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
  FlowChangedError,
  InvalidOptionError,
  JobCancelledError,
  JobTimeoutError,
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

/** The names of all standard errors, and of Millrace's. */
export const ERROR_NAMES: readonly string[] = [...CLASSES.keys()];

/**
 * Lets errors that routines throw arrive as instances of their class, and not as plain `Error`s of the
 * same name. Their fields arrive either way.
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
 * @param type The class. Its constructor is not called.
 */
export function registerError(type: ErrorClass): void {
  CLASSES.set(type.name, type);
}

/** The class that was registered under a name, if one was. */
export function errorClassOf(name: string): ErrorClass | undefined {
  return CLASSES.get(name);
}

/** The fields of their own that standard classes do not list; each error may have a `cause` besides. */
const HIDDEN: readonly (readonly [type: ErrorClass, keys: readonly string[]])[] = [
  [AggregateError, ["errors"]],
  [SuppressedError, ["error", "suppressed"]],
];

/** The names of all fields that a standard class may hide. */
export const HIDDEN_KEYS: readonly string[] = HIDDEN.flatMap(([, keys]) => keys);

/** Checks whether an error of this realm is of a class that does not list a field. */
export function hides(error: Error, key: string): boolean {
  return HIDDEN.some(([{ prototype }, keys]) =>
    keys.includes(key) && Object.prototype.isPrototypeOf.call(prototype, error)
  );
}

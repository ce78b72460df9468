// Makes the errors of workers and their modules, each with its place and fix. Called by the classes of the
// pool, never by users.

import { reviveError, type SerializedError } from "../data/serialized_error.ts";
import { isError } from "../errors/is_error.ts";
import { messageOf } from "../errors/message_of.ts";
import { problemAndFix } from "../errors/millrace_error.ts";
import { ModuleLoadError, WorkerLostError, WorkerStartError } from "../errors/worker_errors.ts";
import { UncaughtError, UncloneableValueError } from "../errors/value_errors.ts";
import { textOf } from "../errors/text_of.ts";
import type { BindingMessage } from "../wire/messages.ts";
import type { Task } from "./task.ts";

/** Returns the error of a worker that did not start, or failed before it had done anything. */
export function notStarted(workerId: string, why: string, fix?: string): WorkerStartError {
  return new WorkerStartError(
    `worker ${workerId} did not start: ${why}`,
    { workerId, fix },
  );
}

/**
 * Returns the error of a module that starts workers while it is loaded for its routines, as a main module
 * would.
 */
export function startedWhileLoading(): WorkerStartError {
  return new WorkerStartError(
    "a worker that loads a module for its routines starts no workers of its own",
    {
      fix:
        "put what the module runs behind `if (import.meta.main)`, or its routines into a file of their own",
    },
  );
}

/** Returns the error of a worker that failed. */
export function broken(workerId: string, why: string): WorkerLostError {
  return new WorkerLostError(
    `worker ${workerId} died: ${why}; retry what it executed, by the policy of its routine`,
    { workerId },
  );
}

/** Returns the error of a worker that was ended by code in it. */
export function left(workerId: string, call: string): WorkerLostError {
  return new WorkerLostError(
    `worker ${workerId} ended in the middle of its work: a routine called ${call}; let handlers return or throw`,
    { workerId },
  );
}

/** Returns the error of a worker that was ended by its pool. */
export function ended(workerId: string): WorkerLostError {
  return new WorkerLostError(`worker ${workerId} was ended`, { workerId });
}

/** Returns the error of a worker that does not start its tasks. */
export function unresponsive(workerId: string, ms: number): WorkerLostError {
  return new WorkerLostError(
    `worker ${workerId} was given up: it did not take up its next activation within ${ms} ms, as code that an earlier one left running never yields; await all that a handler starts`,
    { workerId },
  );
}

/** Returns the error of a task that could not be sent to its worker. */
export function unsendable(workerId: string, cause: unknown): UncloneableValueError {
  return new UncloneableValueError(
    "payload",
    `cannot be sent to worker ${workerId}: ${textOf(cause)}`,
    {
      cause,
      workerId,
      fix:
        "send plain data; what can only be moved, as a port, needs a routine without retries and a flow without a durable store",
    },
  );
}

/** Returns the error of a message that the worker could not read. */
export function unreadable(workerId: string, what = "payload"): UncloneableValueError {
  return new UncloneableValueError(
    what,
    `cannot be read by worker ${workerId}; send data that is less deeply nested`,
    { workerId },
  );
}

/** Returns the error of a task that did not stop when asked to. */
export function didNotStop(
  workerId: string,
  { activationId }: Pick<Task, "activationId">,
  reason: unknown,
  grace: number,
): WorkerLostError {
  return new WorkerLostError(
    `worker ${workerId} was given up: its activation did not stop within ${grace} ms of being asked to (${
      messageOf(reason)
    }); let the handler stop when ctx.signal aborts`,
    { cause: reason, workerId, activationId },
  );
}

/** Returns the error of a module that ended its worker while it was loaded. */
export function failedToLoad(
  workerId: string,
  { module, routineId }: BindingMessage,
  cause: Error,
): ModuleLoadError {
  return new ModuleLoadError(
    `${module} ended worker ${workerId} as it was loaded: ${cause.message}`,
    { cause, workerId, routineId, fix: "let the top level of modules neither fail nor exit" },
  );
}

/** Returns the error of a module that failed in several workers and is not loaded again yet. */
export function notTriedAgain(
  { module, routineId }: BindingMessage,
  workers: number,
  last: Error,
): ModuleLoadError {
  const named = routineId === "" ? "a routine" : `routine "${routineId}"`;
  const cause = isError(last.cause) ? last.cause : last;
  const { problem } = problemAndFix(cause);
  return new ModuleLoadError(
    `the module of ${named} did not load in ${workers} workers in succession, and is loaded again only after a pause: ${problem} (${module})`,
    { cause, routineId, fix: "let the top level await resources that may not exist yet" },
  );
}

/** Returns the error of a module that blocked its worker while it was loaded. */
export function blockedByModule(
  workerId: string,
  { module, routineId }: BindingMessage,
  ms: number,
): ModuleLoadError {
  return new ModuleLoadError(
    `worker ${workerId} was given up: ${module} did not load within ${ms} ms and never yielded`,
    { workerId, routineId, fix: "keep endless work out of the top level of modules" },
  );
}

/** Checks whether an error reports the loss of a worker, and not a failure of its work. */
export function isLoss(error: Error): boolean {
  return error instanceof WorkerLostError || error instanceof UncaughtError;
}

/** Returns the error for an uncaught error in a worker. */
export function uncaught(workerId: string, error: SerializedError): UncaughtError {
  const cause = reviveError(error);
  return new UncaughtError(
    `code that an activation in worker ${workerId} left running failed: ${cause.name}: ${cause.message}; await all that a handler starts`,
    { cause, workerId },
  );
}

/** Returns the error for an error that a source of tasks, or a callback, has thrown on the host. */
export function threwOnHost(cause: unknown): UncaughtError {
  return new UncaughtError(
    `a source of tasks, or a callback of one, threw: ${textOf(cause)}; let it return`,
    { cause },
  );
}

/** Returns the error of a worker that sent an invalid report. */
export function unsound(workerId: string, what: string): WorkerLostError {
  return new WorkerLostError(
    `worker ${workerId} was given up: ${what}; what it executed is executed again`,
    { workerId },
  );
}

/** Returns the error for tasks when no worker is left, and none may be started. */
export function allLost(lost: number): WorkerLostError {
  return new WorkerLostError(
    `no worker is left: ${lost} threads were given up and still run, which is as many as maxLost allows`,
    { fix: "let handlers stop when ctx.signal aborts, or allow more" },
  );
}

// Imports the module of a routine and finds the routine in it. Called by `BoundRoutine`.

import { problemAndFix } from "../errors/millrace_error.ts";
import { ModuleLoadError, RoutineNotExportedError } from "../errors/worker_errors.ts";
import { isError } from "../errors/is_error.ts";
import { textOf } from "../errors/text_of.ts";
import type { BindingMessage } from "../wire/messages.ts";
import { fingerprintOf } from "../routine/fingerprint_of.ts";
import { isRoutine, type Routine } from "../routine/routine.ts";
import { hasChangedSince } from "./has_changed_since.ts";
import { importWithin } from "./import_within.ts";

/**
 * Loads the module of a routine, once, and finds the routine among its exports.
 *
 * @param binding The message with the module and the ordinal of the routine.
 * @param timeout The time limit, in milliseconds.
 * @param startedAt The time at which the program started, in epoch milliseconds, which is before the start of
 * the worker.
 * @returns The routine of this worker, with its handlers.
 * @throws {ModuleLoadError} If the module does not load.
 * @throws {RoutineNotExportedError} If the module has no such export.
 */
export async function loadRoutine(
  binding: BindingMessage,
  timeout: number,
  startedAt?: number,
): Promise<Routine> {
  const { module, ordinal, routineId } = binding;
  const named = routineId === "" ? "a routine" : `routine "${routineId}"`;
  let exports: Record<string, unknown>;
  try {
    exports = await importWithin(module, timeout);
  } catch (cause) {
    const report = isError(cause) ? problemAndFix(cause) : { problem: textOf(cause) };
    const { problem, fix } = await explained(
      `the module of ${named} does not load in a worker: ${report.problem} (${module})`,
      report.fix,
      module,
      startedAt,
    );
    throw new ModuleLoadError(problem, { cause, routineId, fix });
  }
  const routine = Object.values(exports).filter(isRoutine)
    .find((value) => value.module === module && value.ordinal === ordinal);
  if (routine !== undefined && fingerprintOf(routine) === binding.fingerprint) return routine;
  const [fault, remedy] = routine === undefined
    ? [
      `${named} is not exported, so no worker can find it`,
      `write "export const ${
        nameFor(routineId)
      } = defineRoutine(import.meta, ...)" at the top level of ${module}`,
    ] as const
    : [
      `${named} differs in the worker`,
      `define the routines of ${module} at its top level, always in the same order`,
    ] as const;
  const { problem, fix } = await explained(fault, remedy, module, startedAt);
  throw new RoutineNotExportedError(problem, { routineId, fix });
}

/**
 * Adds to an error that the file of the module was, or may have been, edited while the program was running,
 * as the host still uses the earlier version.
 */
async function explained(
  problem: string,
  fix: string | undefined,
  module: string,
  startedAt: number | undefined,
): Promise<{ readonly problem: string; readonly fix: string | undefined }> {
  const hasChanged = await hasChangedSince(module, startedAt);
  if (hasChanged === false) return { problem, fix };
  if (hasChanged) {
    const otherwise = fix === undefined ? "" : `; if that does not help, ${fix}`;
    return {
      problem: `${problem}; ${module} has changed since the program started`,
      fix: `restart the program${otherwise}`,
    };
  }
  if (fix === undefined) return { problem, fix };
  return {
    problem,
    fix: `${fix}; if ${module} has changed since the program started, restart the program`,
  };
}

function nameFor(routineId: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(routineId) ? routineId : "routine";
}

import { after, clearTimer } from "../data/timer.ts";
import { problemAndFix } from "../errors/millrace_error.ts";
import { ModuleLoadError } from "../errors/module_load_error.ts";
import { RoutineNotExportedError } from "../errors/routine_not_exported_error.ts";
import { textOf } from "../errors/text_of.ts";
import type { BindingMessage } from "../pool/protocol.ts";
import { fingerprintOf } from "../routine/fingerprint.ts";
import { noteLoading } from "../routine/loading.ts";
import { isRoutine, type Routine } from "../routine/routine.ts";

/**
 * Loads the module of a routine, once, and finds the routine among its exports.
 *
 * @param binding Where it is.
 * @param timeout How many milliseconds it may take.
 * @returns The routine as this worker knows it.
 * @throws {ModuleLoadError} If the module does not load.
 * @throws {RoutineNotExportedError} If it has no such export.
 */
export async function loadRoutine(binding: BindingMessage, timeout: number): Promise<Routine> {
  const { module, ordinal, routineId } = binding;
  const named = routineId === "" ? "a routine" : `routine "${routineId}"`;
  let exports: Record<string, unknown>;
  try {
    exports = await importWithin(module, timeout);
  } catch (cause) {
    const { problem, fix } = cause instanceof Error
      ? problemAndFix(cause)
      : { problem: textOf(cause), fix: undefined };
    throw new ModuleLoadError(
      `the module of ${named} does not load in a worker: ${problem} (${module})`,
      { cause, routineId, fix },
    );
  }
  for (const value of Object.values(exports)) {
    if (!isRoutine(value) || value.module !== module || value.ordinal !== ordinal) continue;
    if (fingerprintOf(value) === binding.fingerprint) return value;
    throw new RoutineNotExportedError(
      `${named} is another one in a worker than here`,
      {
        routineId,
        fix: `define the routines of ${module} at its top level, always in the same order`,
      },
    );
  }
  throw new RoutineNotExportedError(
    `${named} is not exported, so no worker can find it`,
    {
      routineId,
      fix: `write "export const ${
        nameFor(routineId)
      } = defineRoutine(import.meta, ...)" at the top level of ${module}`,
    },
  );
}

/** The modules that have not loaded in time, until they have: not every task is to wait for them. */
const late = new Set<string>();

async function importWithin(module: string, ms: number): Promise<Record<string, unknown>> {
  const why = `not done within ${ms} ms; see what its top level awaits`;
  if (late.has(module)) throw new Error(why);
  const { promise, reject } = Promise.withResolvers<never>();
  const loading = noteLoading();
  const timer = after(ms, () => {
    late.add(module);
    reject(new Error(why));
  });
  const importing = import(module);
  const onEnd = () => {
    loading[Symbol.dispose]();
    clearTimer(timer);
    late.delete(module);
  };
  importing.then(onEnd, onEnd);
  return await Promise.race([importing, promise]);
}

function nameFor(routineId: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(routineId) ? routineId : "routine";
}

// Calls the code of routines in the traces of their attempts. The module that does so belongs to the flow's
// `tracing`, and is imported only if its flow is traced. Its failures never affect a routine: the code is then
// called without a trace.

import { toConsole } from "../data/to_console.ts";
import { importWithin } from "./import_within.ts";

/**
 * Calls a function, at once, in the trace of an attempt.
 *
 * @param traceparent The span of the attempt, as a W3C `traceparent`.
 * @param call Calls the code of the routine. Never throws.
 */
export type RunInTrace = (traceparent: string, call: () => void) => void;

/** The functions of the modules that were imported, and `undefined` for a module that cannot be used. */
const loaded = new Map<string, Promise<RunInTrace | undefined>>();

/**
 * Imports the module of a flow's tracing, once in each thread.
 *
 * @param module The URL of the module.
 * @param timeout The time limit, in milliseconds.
 * @returns Its function `runInTrace`; `undefined` if there is none, which is written to the console.
 */
export function loadTraceModule(module: string, timeout: number): Promise<RunInTrace | undefined> {
  return loaded.getOrInsertComputed(module, async () => {
    try {
      const { runInTrace } = await importWithin(module, timeout);
      if (typeof runInTrace === "function") return runInTrace as RunInTrace;
      throw new TypeError("it exports no function runInTrace");
    } catch (cause) {
      const problem = `spans that routines make in this worker are not part of their traces`;
      toConsole(new Error(`${problem}, as ${module} cannot be used; see the cause`, { cause }));
      return undefined;
    }
  });
}

/** Calls a function in the trace of an attempt, and returns its result or throws its error. */
export function callTraced<Result>(
  run: RunInTrace,
  traceparent: string,
  call: () => Result,
): Result {
  let outcome: { readonly value: Result } | { readonly thrown: unknown } | undefined;
  const callOnce = () => {
    if (outcome !== undefined) return outcome;
    try {
      return outcome = { value: call() };
    } catch (thrown) {
      return outcome = { thrown };
    }
  };
  try {
    const result: unknown = run(traceparent, callOnce);
    // The failure of an async function would count as one of the routine that the worker executes then.
    if (result instanceof Promise) result.catch(toConsole);
  } catch (error) {
    toConsole(error);
  }
  // Called here if it was not called in the trace.
  const ended = callOnce();
  if ("thrown" in ended) throw ended.thrown;
  return ended.value;
}

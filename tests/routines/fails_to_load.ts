// A module that needs at its top level what may not be there yet, as a database. The environment is that
// of the process, so that all workers and the test see the same numbers.

import { defineRoutine, event, slot } from "@millrace/flow/routine";

const FAILURES = "MILLRACE_TEST_FAILURES_LEFT";
const LOADS = "MILLRACE_TEST_LOADS";

function numberAt(name: string): number {
  return Number(Deno.env.get(name) ?? 0);
}

/** Lets the module fail in the next threads that load it. */
export function failInNext(threads: number): void {
  Deno.env.set(FAILURES, String(threads));
  Deno.env.set(LOADS, "0");
}

/** The number of threads that have evaluated the module since `failInNext`. */
export function evaluations(): number {
  return numberAt(LOADS);
}

if ("WorkerGlobalScope" in globalThis) {
  const left = numberAt(FAILURES);
  Deno.env.set(FAILURES, String(left - 1));
  Deno.env.set(LOADS, String(numberAt(LOADS) + 1));
  await Promise.resolve();
  if (left > 0) throw new Error("connection refused");
}

/** Emits the name of its worker. */
export const query = defineRoutine(import.meta, {
  slots: { go: slot<undefined>() },
  events: { worker: event<string>() },
  handlers: {
    go(_, ctx) {
      ctx.emit("worker", ctx.workerId);
    },
  },
});

/** Another routine of the same module. */
export const insert = defineRoutine(import.meta, {
  slots: { go: slot<undefined>() },
  handlers: { go() {} },
});

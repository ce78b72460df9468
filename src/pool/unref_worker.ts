/**
 * The internal method of Deno's workers with which its Node layer allows a program to end. Its symbol has no
 * description.
 */
const REF = Object.getOwnPropertySymbols(Worker.prototype)
  .find((symbol) => symbol.description === undefined);

/**
 * Allows the program to end while the thread of a terminated worker still runs, as the platform cannot stop a
 * thread that never yields. Does nothing if the platform lacks the method.
 *
 * @param worker The worker, which was terminated.
 */
export function unrefWorker(worker: Worker): void {
  if (REF === undefined) return;
  const ref: unknown = Reflect.get(worker, REF);
  if (typeof ref === "function") ref.call(worker, false);
}

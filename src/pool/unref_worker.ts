/** The method of Deno's workers by which its own Node layer lets a program end; it has no name. */
const REF = Object.getOwnPropertySymbols(Worker.prototype)
  .find((symbol) => symbol.description === undefined);

/**
 * Lets the program end though a worker's thread does not: for one that was given up, as the platform
 * cannot stop a thread that never yields. Where the platform has no such thing, it does nothing.
 *
 * @param worker The worker, terminated.
 */
export function unrefWorker(worker: Worker): void {
  if (REF === undefined) return;
  const ref: unknown = Reflect.get(worker, REF);
  if (typeof ref === "function") ref.call(worker, false);
}

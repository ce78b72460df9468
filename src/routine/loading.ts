/** The number of modules that this thread is loading for their routines. */
let loads = 0;
/** Checks whether the running code belongs to a handler. */
let isExecuting: () => boolean = () => false;

/**
 * Records that this thread loads a module for its routines. Code at the top level of the module, such as
 * starting a flow, runs in each worker, which is usually not intended.
 *
 * @returns An object to be disposed of when the module has loaded or failed.
 */
export function noteLoading(): Disposable {
  loads++;
  return { [Symbol.dispose]: () => void loads-- };
}

/** Sets the function that checks whether the running code belongs to a handler. */
export function setExecutingProbe(probe: () => boolean): void {
  isExecuting = probe;
}

/** Checks whether the running code is the top level of a module that is loaded for its routines. */
export function isLoading(): boolean {
  return loads > 0 && !isExecuting();
}

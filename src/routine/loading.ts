/** Number of modules that this thread is loading for their routines. */
let loads = 0;
/** `true` if the code that runs belongs to a handler. */
let isExecuting: () => boolean = () => false;

/**
 * Notes that this thread loads a module for its routines: what that module does as it loads is done in
 * each worker, and is not meant for it.
 *
 * @returns To be disposed of when the module has loaded, however long that takes.
 */
export function noteLoading(): Disposable {
  loads++;
  return { [Symbol.dispose]: () => void loads-- };
}

/** Sets the way to find out whether the code that runs belongs to a handler. */
export function setExecutingProbe(probe: () => boolean): void {
  isExecuting = probe;
}

/** Checks whether what this thread does is done by a module that is loaded for its routines. */
export function isLoading(): boolean {
  return loads > 0 && !isExecuting();
}

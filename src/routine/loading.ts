/** How many modules this thread is loading for their routines. */
let loads = 0;

/**
 * Notes that this thread loads a module for its routines: what that module does as it loads is done in
 * each worker, and is not meant for it.
 *
 * @returns To be disposed of when the module has loaded.
 */
export function noteLoading(): Disposable {
  loads++;
  return { [Symbol.dispose]: () => void loads-- };
}

/** Whether this thread is loading a module for its routines. */
export function isLoading(): boolean {
  return loads > 0;
}

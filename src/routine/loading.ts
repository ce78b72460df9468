/** How many modules this thread is loading for their routines. */
let loads = 0;
/** Whether a handler is executed here. */
let isExecuting = false;

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

/** Notes whether a handler is executed in this thread: what is done meanwhile is its doing. */
export function noteExecuting(is: boolean): void {
  isExecuting = is;
}

/** Whether what this thread does is done by a module that is loaded for its routines. */
export function isLoading(): boolean {
  return loads > 0 && !isExecuting;
}

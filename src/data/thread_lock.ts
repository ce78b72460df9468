// The part of the Web Locks API that is used here, which Deno has but does not yet declare.
interface LockManager {
  request<Result>(name: string, whenHeld: () => Promise<Result>): Promise<Result>;
  request<Result>(
    name: string,
    options: { readonly signal?: AbortSignal; readonly ifAvailable?: boolean },
    whenHeld: (lock: object | null) => Promise<Result>,
  ): Promise<Result>;
}

// Captured when the library is loaded, as a test may replace it.
const platform = navigator as unknown as { readonly locks: LockManager };

/** Returns the locks of the platform, which loads them when they are first read. */
function locks(): LockManager {
  return platform.locks;
}

/** Makes the platform load its locks, unless it has. */
export function prepareLocks(): void {
  locks();
}

/**
 * Holds a lock until this thread ends.
 *
 * @param name The name of the lock.
 * @param whenHeld Called once the lock is held.
 */
export function holdForLife(name: string, whenHeld: () => void): void {
  void locks().request(name, () => {
    whenHeld();
    return new Promise(() => {});
  });
}

/**
 * Waits until the thread that holds a lock with {@linkcode holdForLife} has ended. No event reports that: the
 * host notices neither `self.close()` nor `Deno.exit()` in a worker.
 *
 * @param name The name of the lock.
 * @param signal Ends the wait.
 * @returns `true` if the thread has ended, `false` if `signal` ended the wait.
 */
export async function threadEnd(name: string, signal: AbortSignal): Promise<boolean> {
  try {
    return await locks().request(name, { signal }, () => Promise.resolve(true));
  } catch {
    return false;
  }
}

/**
 * Checks whether the thread that held a lock with {@linkcode holdForLife} has ended.
 *
 * @param name The name of the lock.
 */
export async function hasThreadEnded(name: string): Promise<boolean> {
  return await locks().request(name, { ifAvailable: true }, (lock) => {
    return Promise.resolve(lock !== null);
  });
}

// The part of the Web Locks API that is used here, which Deno has but does not yet declare.
interface LockManager {
  request<Result>(name: string, whenHeld: () => Promise<Result>): Promise<Result>;
  request<Result>(
    name: string,
    options: { readonly signal?: AbortSignal; readonly ifAvailable?: boolean },
    whenHeld: (lock: object | null) => Promise<Result>,
  ): Promise<Result>;
}

const locks = (navigator as unknown as { readonly locks: LockManager }).locks;

/**
 * Holds a lock until this thread ends.
 *
 * @param name The lock.
 * @param whenHeld Called once it is held.
 */
export function holdForLife(name: string, whenHeld: () => void): void {
  void locks.request(name, () => {
    whenHeld();
    return new Promise(() => {});
  });
}

/**
 * Waits for the thread that holds a lock for life to end, which nothing else reports: neither
 * `self.close()` nor `Deno.exit()` in a worker is seen outside it. The program goes on meanwhile.
 *
 * @param name The lock.
 * @param signal Ends the wait.
 * @returns Whether the thread has ended.
 */
export async function threadEnd(name: string, signal: AbortSignal): Promise<boolean> {
  try {
    return await locks.request(name, { signal }, () => Promise.resolve(true));
  } catch {
    return false;
  }
}

/**
 * Checks whether the thread that held a lock for life has ended.
 *
 * @param name The lock.
 */
export async function hasThreadEnded(name: string): Promise<boolean> {
  return await locks.request(name, { ifAvailable: true }, (lock) => {
    return Promise.resolve(lock !== null);
  });
}

// The part of the Web Locks API that is used here, which Deno has but does not yet declare.
interface LockManager {
  request<Result>(name: string, whenHeld: () => Promise<Result>): Promise<Result>;
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
 * Waits for the thread that holds a lock for life to end, which nothing else tells: neither
 * `self.close()` nor `Deno.exit()` in a worker is seen outside it.
 *
 * @param name The lock.
 */
export async function threadEnd(name: string): Promise<void> {
  await locks.request(name, async () => {});
}

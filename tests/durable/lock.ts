// The part of the Web Locks API that is used here, which Deno has but does not yet declare.
interface LockManager {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly mode?: "shared" },
    whenHeld: () => Promise<void>,
  ): Promise<void>;
}

const locks = (navigator as unknown as { readonly locks: LockManager }).locks;

/** Goes on when nobody holds the lock. */
export async function passed(lock: string, signal: AbortSignal): Promise<void> {
  await locks.request(lock, { mode: "shared", signal }, () => Promise.resolve());
}

/** Holds a lock, and with it what waits for it, until it is disposed of. */
export class HeldLock implements Disposable {
  readonly name: string;
  readonly #release = Promise.withResolvers<void>();

  private constructor(name: string) {
    this.name = name;
  }

  /** Takes a lock: by default one that nobody else knows yet. */
  static async take(name: string = crypto.randomUUID()): Promise<HeldLock> {
    const held = new HeldLock(name);
    const taken = Promise.withResolvers<void>();
    void locks.request(held.name, {}, () => {
      taken.resolve();
      return held.#release.promise;
    });
    await taken.promise;
    return held;
  }

  [Symbol.dispose](): void {
    this.#release.resolve();
  }
}

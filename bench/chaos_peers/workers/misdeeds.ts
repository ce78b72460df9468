// The failing tasks, the same for every pool. Tasks that never end are ended with the process.

/** The tasks, by name; `healthy` is the only one that succeeds. */
export const misdeeds = {
  healthy: (): number => 42,
  throws(): void {
    throw new RangeError("thrown at once");
  },
  async throwsLate(): Promise<void> {
    setTimeout(() => {
      throw new RangeError("thrown late");
    });
    await new Promise(() => {});
  },
  async leavesRejection(): Promise<void> {
    void Promise.reject(new RangeError("nobody catches this"));
    await new Promise(() => {});
  },
  async closes(): Promise<void> {
    self.close();
    await new Promise(() => {});
  },
  exits(): void {
    Deno.exit(3);
  },
  returnsUncloneable: (): unknown => ({ callback: () => {} }),
  overflows: (): number => recurse(0),
  spins(): void {
    for (;;);
  },
  blocks(): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
};

function recurse(depth: number): number {
  return 1 + recurse(depth + 1);
}

import * as counters from "./counters.ts";

/** Milliseconds that `wait` waits. */
export const WAIT_MS = 50;

/**
 * The tasks of the workers of all contenders. Each contender wraps these functions in its own kind
 * of worker.
 */
export const tasks = {
  /** Passes the cells for counting to the worker; see `Counters`. */
  attach(cells: Int32Array): void {
    counters.attach(cells);
  },
  /** Does nothing, and is counted. */
  noop(n: number): void {
    counters.count(n);
  },
  /** Does the minimum work that has a result. */
  next(n: number): number {
    return n + 1;
  },
  /**
   * Waits {@linkcode WAIT_MS} without using the CPU. The raw worker and the bare batching pool
   * await no task, so they do not execute it.
   */
  async wait(n: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    return n + 1;
  },
  /**
   * Keeps the CPU busy for a number of loops, and returns the time that they took, in milliseconds.
   */
  spin(loops: number): number {
    const startedAt = performance.now();
    hash(loops);
    return performance.now() - startedAt;
  },
  /** Returns a copy. */
  echo(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return touched(bytes);
  },
  /** Returns the same memory, if the contender can move a result. */
  move(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return touched(bytes);
  },
};

/** The tasks by name. */
export type Tasks = typeof tasks;

/** A task's name. */
export type TaskName = keyof Tasks;

/** The argument of a task. */
export type Input<Name extends TaskName> = Parameters<Tasks[Name]>[0];

/** The result of a task. */
export type Output<Name extends TaskName> = Awaited<ReturnType<Tasks[Name]>>;

/**
 * Hashes a sequence of numbers with the mixing steps of MurmurHash3: a fixed amount of work,
 * independent of the clock. Each step depends on the previous one, so the speed hardly depends on
 * the compiler.
 */
export function hash(loops: number): number {
  let hash = 0;
  for (let i = 0; i < loops; i++) {
    hash = hash + i | 0;
    hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
    hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  // Stored even if only the time is needed, as the compiler could otherwise remove the loop.
  return lastHash = hash >>> 0;
}

/** The last hash computed. */
export let lastHash = 0;

/** Marks the bytes, so that the receiver can check that they were processed. */
function touched(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  bytes[0] = ((bytes[0] ?? 0) + 1) & 0xff;
  return bytes;
}

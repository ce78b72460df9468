import * as counters from "./counters.ts";

/** Milliseconds that `wait` waits. */
export const WAIT_MS = 50;

/**
 * What the workers of every contender can do, and nothing else. Each contender wraps these same
 * functions in its own kind of worker.
 */
export const tasks = {
  /** Tells the worker where to count; see `Counters`. */
  attach(cells: Int32Array): void {
    counters.attach(cells);
  },
  /** Does nothing, and is counted. */
  noop(n: number): void {
    counters.count(n);
  },
  /** The least work that has a result. */
  next(n: number): number {
    return n + 1;
  },
  /**
   * Waits {@linkcode WAIT_MS} and leaves the CPU alone. The raw worker and the bare batching pool
   * await no task, so they are not given it.
   */
  async wait(n: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    return n + 1;
  },
  /** Keeps the CPU busy for so many loops, and tells how many milliseconds that took. */
  spin(loops: number): number {
    const startedAt = performance.now();
    hash(loops);
    return performance.now() - startedAt;
  },
  /** Answers with a copy. */
  echo(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return touched(bytes);
  },
  /** Answers with the same memory, where a contender can move a result. */
  move(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return touched(bytes);
  },
};

/** The tasks by name. */
export type Tasks = typeof tasks;

/** A task's name. */
export type TaskName = keyof Tasks;

/** What a task is given. */
export type Input<Name extends TaskName> = Parameters<Tasks[Name]>[0];

/** What a task gives back. */
export type Output<Name extends TaskName> = Awaited<ReturnType<Tasks[Name]>>;

/**
 * Hashes a run of numbers, with the mixing steps of MurmurHash3: a fixed amount of work, whatever the
 * clock says. Each step needs the one before, so the code runs at one speed however well it was
 * compiled.
 */
export function hash(loops: number): number {
  let hash = 0;
  for (let i = 0; i < loops; i++) {
    hash = hash + i | 0;
    hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
    hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  // Whoever asks only for the time needs it all the same, or the loop could be left out.
  return lastHash = hash >>> 0;
}

/** The last hash computed. */
export let lastHash = 0;

/** Leaves a trace, so that who gets the bytes back knows that they have been here. */
function touched(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  bytes[0] = ((bytes[0] ?? 0) + 1) & 0xff;
  return bytes;
}

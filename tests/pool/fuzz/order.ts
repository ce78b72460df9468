// Taken before any handler is called, as one of them puts others in their place.
const setTimer = setTimeout;

/**
 * The payload of a task of the fuzz test: its name, and the memory that its handler shares, unless its worker
 * is a process.
 */
export interface Order {
  /** Names the task. It has to come back in all that the task does, and in nothing else. */
  readonly nonce: string;
  /** The place of the task in {@linkcode starts} and {@linkcode releases}. */
  readonly index: number;
  /** Counts the calls of the handler. */
  readonly starts: SharedArrayBuffer | undefined;
  /** Lets a handler that never ends by itself go, so that no thread is left. */
  readonly releases: SharedArrayBuffer | undefined;
  /** The time that the handler waits, where it does, in milliseconds. */
  readonly ms: number;
  /** The object that is moved with the payload. */
  readonly moved?: ArrayBuffer | MessagePort;
  /** A value that cannot be sent, or not be read. */
  readonly burden?: unknown;
}

/** Counts a call of a handler. */
export function countStart({ starts, index }: Order): void {
  if (starts !== undefined) Atomics.add(new Int32Array(starts), index, 1);
}

/** Checks whether a handler that never ends by itself is to end. */
export function isReleased({ releases, index }: Order): boolean {
  return releases !== undefined && Atomics.load(new Int32Array(releases), index) > 0;
}

/** Calls back after a number of milliseconds. */
export function later(callback: () => void, ms = 0): void {
  setTimer(callback, ms);
}

/** Waits for a number of milliseconds. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimer(resolve, ms));
}

/** Set in a worker, be it a thread or a process. */
export const isInWorker: boolean = "WorkerGlobalScope" in globalThis ||
  Deno.mainModule.endsWith("/process_worker.ts");

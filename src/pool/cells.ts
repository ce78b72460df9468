/** How many tasks can be on their way to one worker, a power of two. */
export const CELLS = 512;

/** Waits at the worker; host and worker may both take it. */
export const QUEUED = 1;
/** The worker executes it. */
export const CLAIMED = 2;
/** Has been executed, and there is nothing to tell but its times. */
export const DONE = 3;
/** Has been executed; an entry in a message of results tells how it ended. */
export const TOLD = 4;
/** The host has taken it back. */
const TAKEN = 5;

const MASK = CELLS - 1;
const WORDS = 4;
const BYTES = CELLS * (WORDS * 4 + 2 * 8);

/**
 * The memory that a worker shares with its host: a ring with one cell for each task on its way. Both
 * sides claim a task there by compare-and-swap, so that the host can take back what a busy worker has
 * not begun. A cell's state holds the number of its task: a cell that was given to another task since
 * is never taken for the one before.
 */
export class Cells {
  /** The memory, to share. */
  readonly buffer: SharedArrayBuffer;
  // Of each cell: its state, binding, slot and attempt.
  readonly #words: Int32Array;
  // Of each cell: when it started and ended.
  readonly #times: Float64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.buffer = buffer;
    this.#times = new Float64Array(buffer, 0, CELLS * 2);
    this.#words = new Int32Array(buffer, CELLS * 16, CELLS * WORDS);
  }

  /** Host: fills the cell of a task that is about to be sent. */
  queue(task: number, binding: number, slot: number, attempt: number): void {
    const at = (task & MASK) * WORDS;
    this.#words[at + 1] = binding;
    this.#words[at + 2] = slot;
    this.#words[at + 3] = attempt;
    this.#times[(task & MASK) * 2] = 0;
    Atomics.store(this.#words, at, stateOf(task, QUEUED));
  }

  /** Host: takes a task back; false if the worker was faster. */
  takeBack(task: number): boolean {
    return this.#swap(task, TAKEN);
  }

  /** Worker: claims a task; false if the host has taken it back. */
  claim(task: number): boolean {
    return this.#swap(task, CLAIMED);
  }

  /** Worker: tells when the claimed task was started. */
  start(task: number, startedAt: number): void {
    this.#times[(task & MASK) * 2] = startedAt;
  }

  /** Worker: tells that the claimed task has been executed. */
  finish(task: number, endedAt: number, state: typeof DONE | typeof TOLD): void {
    const cell = task & MASK;
    this.#times[cell * 2 + 1] = endedAt;
    Atomics.store(this.#words, cell * WORDS, stateOf(task, state));
  }

  /** The state of a task that the host still holds. */
  state(task: number): number {
    return Atomics.load(this.#words, (task & MASK) * WORDS) & 7;
  }

  binding(task: number): number {
    return this.#words[(task & MASK) * WORDS + 1] as number;
  }

  slot(task: number): number {
    return this.#words[(task & MASK) * WORDS + 2] as number;
  }

  attempt(task: number): number {
    return this.#words[(task & MASK) * WORDS + 3] as number;
  }

  /** When the task was started; 0 if it was not. */
  startedAt(task: number): number {
    return this.#times[(task & MASK) * 2] as number;
  }

  endedAt(task: number): number {
    return this.#times[(task & MASK) * 2 + 1] as number;
  }

  #swap(task: number, state: number): boolean {
    const queued = stateOf(task, QUEUED);
    const at = (task & MASK) * WORDS;
    return Atomics.compareExchange(this.#words, at, queued, stateOf(task, state)) === queued;
  }
}

function stateOf(task: number, state: number): number {
  return task << 3 | state;
}

// The memory that a worker shares with its host. The host's `WorkerQueue` fills cells and revokes them,
// the worker's `Runner` claims, starts and ends what is in them. What a cell says of a task is the only
// truth about it: both sides act on it and on nothing else.

/** The task waits at its worker. */
export const QUEUED = 1;
/** The worker loads the task's routine. */
export const CLAIMED = 2;
/** The handler was called. */
export const RUNNING = 3;
/** The activation has ended; an item of the worker's outbox reports how. */
export const ENDED = 4;
/** The host has taken the task back. */
const REVOKED = 5;

/** Words in front of the cells: a count of the tasks that the worker has taken up, and one spare. */
const HEADER = 2;
/** Words of a cell: state, binding, slot, attempt, strand, and the number of its end. */
const WORDS = 6;
const CELL_BYTES = 2 * Float64Array.BYTES_PER_ELEMENT + WORDS * Int32Array.BYTES_PER_ELEMENT;
const HEADER_BYTES = HEADER * Int32Array.BYTES_PER_ELEMENT;

/**
 * A ring of cells, one for each task at a worker.
 *
 * | from    | to      | by     | when                                                       |
 * | ------- | ------- | ------ | ---------------------------------------------------------- |
 * | any     | QUEUED  | host   | the task is about to be sent                               |
 * | QUEUED  | CLAIMED | worker | the task's turn has come, and its routine is to be loaded  |
 * | QUEUED  | RUNNING | worker | its turn has come, right before its handler is called      |
 * | CLAIMED | RUNNING | worker | the routine has loaded, right before the handler is called |
 * | CLAIMED | ENDED   | worker | the routine did not load                                   |
 * | RUNNING | ENDED   | worker | the activation has ended, however it did                   |
 * | QUEUED  | REVOKED | host   | the task is to be executed elsewhere, or not at all        |
 * | CLAIMED | REVOKED | host   | the same                                                   |
 *
 * Each step out of `QUEUED` and `CLAIMED` is a compare-and-swap, so of a worker that starts a task and a
 * host that revokes it exactly one succeeds. The state word holds the number of the task as well: a
 * cell that has been given to another task since is never taken for the one before.
 */
export class SharedTaskRing {
  /** The memory, to be sent to the worker. */
  readonly buffer: SharedArrayBuffer;
  readonly #mask: number;
  readonly #times: Float64Array;
  readonly #words: Int32Array;

  /** @param memory The memory, or the number of cells of a new one: a power of two. */
  constructor(memory: SharedArrayBuffer | number) {
    this.buffer = typeof memory === "number"
      ? new SharedArrayBuffer(HEADER_BYTES + memory * CELL_BYTES)
      : memory;
    const cells = (this.buffer.byteLength - HEADER_BYTES) / CELL_BYTES;
    this.#mask = cells - 1;
    this.#times = new Float64Array(this.buffer, HEADER_BYTES, 2 * cells);
    // The header is the first two words, the cells begin behind the times.
    this.#words = new Int32Array(this.buffer);
  }

  /** The number of cells. */
  get size(): number {
    return this.#mask + 1;
  }

  /** The cell of a task, from 0: tasks whose numbers differ by {@linkcode size} share one. */
  cellOf(task: number): number {
    return task & this.#mask;
  }

  /** A count that changes whenever the worker takes up a task. */
  get pulse(): number {
    return this.#words[0] as number;
  }

  /** Host: fills the cell of a task that is about to be sent. */
  queue(task: number, binding: number, slot: number, attempt: number, strand: number): void {
    const words = this.#words;
    const at = this.#at(task);
    words[at + 1] = binding;
    words[at + 2] = slot;
    words[at + 3] = attempt;
    words[at + 4] = strand;
    Atomics.store(words, at, wordOf(task, QUEUED));
  }

  /**
   * Host: takes a task back whose handler has not been called.
   *
   * @returns Whether it was taken back. If not, the handler was called, or has ended.
   */
  revoke(task: number): boolean {
    // The worker may make the step between the two, but no step leads back.
    return this.#swap(task, QUEUED, REVOKED) || this.#swap(task, CLAIMED, REVOKED);
  }

  /** Worker: takes up a task whose routine is to be loaded; false if the host has revoked it. */
  claim(task: number): boolean {
    this.#beat();
    return this.#swap(task, QUEUED, CLAIMED);
  }

  /**
   * Worker: makes the last step before the handler is called.
   *
   * @param from The state that the worker left the task in.
   * @returns False if the host has revoked it.
   */
  start(task: number, from: typeof QUEUED | typeof CLAIMED, startedAt: number): boolean {
    this.#beat();
    // Where the host has given the cell to another task, this thread starts that one, and it may have.
    if (this.state(task) !== from) return false;
    // Before the step, so that whoever sees the state sees the time.
    this.#times[2 * this.cellOf(task)] = startedAt;
    return this.#swap(task, from, RUNNING);
  }

  /** Worker: ends a task whose routine did not load; false if the host has revoked it. */
  fail(task: number, end: number): boolean {
    if (this.state(task) !== CLAIMED) return false;
    this.#times[2 * this.cellOf(task)] = 0;
    this.#words[this.#at(task) + 5] = end;
    return this.#swap(task, CLAIMED, ENDED);
  }

  /** Worker: ends a task that it has started. */
  end(task: number, endedAt: number, end: number): void {
    this.#words[this.#at(task) + 5] = end;
    this.#times[2 * this.cellOf(task) + 1] = endedAt;
    Atomics.store(this.#words, this.#at(task), wordOf(task, ENDED));
  }

  /** The state of a task; 0 if the cell belongs to another. */
  state(task: number): number {
    const word = Atomics.load(this.#words, this.#at(task));
    return word >> 3 === task << 3 >> 3 ? word & 7 : 0;
  }

  binding(task: number): number {
    return this.#words[this.#at(task) + 1] as number;
  }

  slot(task: number): number {
    return this.#words[this.#at(task) + 2] as number;
  }

  attempt(task: number): number {
    return this.#words[this.#at(task) + 3] as number;
  }

  strand(task: number): number {
    return this.#words[this.#at(task) + 4] as number;
  }

  /** The place of the end of a task that is `ENDED` among all that its worker reports, from 1. */
  endOf(task: number): number {
    return this.#words[this.#at(task) + 5] as number;
  }

  /** When a task that is `RUNNING` or `ENDED` was started, in epoch milliseconds; 0 if it was not. */
  startedAt(task: number): number {
    return this.#times[2 * this.cellOf(task)] as number;
  }

  /** When a task that is `ENDED` ended, in epoch milliseconds. */
  endedAt(task: number): number {
    return this.#times[2 * this.cellOf(task) + 1] as number;
  }

  #at(task: number): number {
    return HEADER + 4 * this.size + this.cellOf(task) * WORDS;
  }

  /** Only the worker writes the pulse, so it needs no lock. */
  #beat(): void {
    this.#words[0] = (this.#words[0] as number) + 1;
  }

  #swap(task: number, from: number, to: number): boolean {
    const before = wordOf(task, from);
    return Atomics.compareExchange(this.#words, this.#at(task), before, wordOf(task, to)) ===
      before;
  }
}

function wordOf(task: number, state: number): number {
  return task << 3 | state;
}

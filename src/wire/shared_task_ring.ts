// The memory that a worker shares with its host. The host's `WorkerQueue` fills the cells of tasks and
// revokes them; the worker's `Runner` claims, starts and ends them. The cell of a task is the single source
// of truth for its state, on which both sides rely.

/** The number of words in front of the cells: the pulse of the worker, and one unused word. */
const HEADER = 2;
/** The number of words of a cell: state, binding, slot, attempt, strand, the number of its end, and its stage. */
const WORDS = 7;
const CELL_BYTES = 2 * Float64Array.BYTES_PER_ELEMENT + WORDS * Int32Array.BYTES_PER_ELEMENT;
const HEADER_BYTES = HEADER * Int32Array.BYTES_PER_ELEMENT;

/**
 * A ring of cells in shared memory, one for each task at a worker.
 *
 * | from    | to      | by     | when                                                       |
 * | ------- | ------- | ------ | ---------------------------------------------------------- |
 * | any     | QUEUED  | host   | the task is about to be sent                               |
 * | QUEUED  | CLAIMED | worker | the task's turn has come, and its routine is to be loaded  |
 * | QUEUED  | RUNNING | worker | its turn has come, right before its handler is called      |
 * | CLAIMED | RUNNING | worker | the routine has loaded, right before the handler is called |
 * | CLAIMED | ENDED   | worker | the routine did not load                                   |
 * | RUNNING | ENDED   | worker | the activation has ended, in any way                       |
 * | QUEUED  | REVOKED | host   | the task is to be executed elsewhere, or not at all        |
 * | CLAIMED | REVOKED | host   | the same                                                   |
 *
 * Each step from `QUEUED` and `CLAIMED` is a compare-and-swap, so that either the worker starts a task or the
 * host revokes it, never both. The state word contains the number of the task as well, so that a cell that is
 * reused by another task is never mistaken for that of the earlier one.
 *
 * A worker that has ended the activation of a task may go straight on to the one that follows from it, within the
 * same cell, as long as the stage word permits that. The word counts these steps, so that the host knows how far the
 * worker has gone, and that it goes no further once the permission is withdrawn.
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
    // The header is the first two words; the cells begin after the times.
    this.#words = new Int32Array(this.buffer);
  }

  /** The number of cells. */
  get size(): number {
    return this.#mask + 1;
  }

  /**
   * Returns the index of the cell of a task, from 0. Tasks whose numbers differ by {@linkcode size} share a
   * cell.
   */
  cellOf(task: number): number {
    return task & this.#mask;
  }

  /** A count that changes whenever the worker claims or starts a task. */
  get pulse(): number {
    return this.#words[0] as number;
  }

  /**
   * Fills the cell of a task that is about to be sent. Called by the host.
   *
   * @param mayGoOn `true` if the worker may go straight on to the activation that follows.
   */
  queue(
    task: number,
    binding: number,
    slot: number,
    attempt: number,
    strand: number,
    mayGoOn = false,
  ): void {
    const words = this.#words;
    const at = this.#at(task);
    words[at + 1] = binding;
    words[at + 2] = slot;
    words[at + 3] = attempt;
    words[at + 4] = strand;
    words[at + 6] = mayGoOn ? MAY_GO_ON : 0;
    Atomics.store(words, at, wordOf(task, QUEUED));
  }

  /**
   * Revokes a task whose handler has not been called. Called by the host.
   *
   * @returns `true` if the task was revoked; `false` if it was started or has ended.
   */
  revoke(task: number): boolean {
    // The worker may claim the task between the two steps, but never undoes that.
    return this.#swap(task, QUEUED, REVOKED) || this.#swap(task, CLAIMED, REVOKED);
  }

  /**
   * Claims a task whose routine has to be loaded; returns `false` if the host has revoked it. Called by the
   * worker.
   */
  claim(task: number): boolean {
    this.#beat();
    return this.#swap(task, QUEUED, CLAIMED);
  }

  /**
   * Starts a task, right before its handler is called. Called by the worker.
   *
   * @param from The state in which the worker left the task; `RUNNING` only corrects the time.
   * @returns `false` if the host has revoked the task.
   */
  start(
    task: number,
    from: typeof QUEUED | typeof CLAIMED | typeof RUNNING,
    startedAt: number,
  ): boolean {
    this.#beat();
    // If the host has reused the cell for another task, this thread may already have started that one.
    if (this.state(task) !== from) return false;
    // Written before the state, so that a reader of the state sees the time as well.
    this.#times[2 * this.cellOf(task)] = startedAt;
    return this.#swap(task, from, RUNNING);
  }

  /**
   * Goes on with the first attempt at the activation that follows, right before its handler is called. Called by the
   * worker, for a task that is `RUNNING`.
   *
   * @returns `false` if the host does not permit that.
   */
  goOn(task: number, binding: number, slot: number, startedAt: number): boolean {
    const words = this.#words;
    const at = this.#at(task);
    const stage = Atomics.load(words, at + 6);
    if ((stage & MAY_GO_ON) === 0) return false;
    // The host only withdraws the permission.
    if (Atomics.compareExchange(words, at + 6, stage, stage + ONE_STAGE) !== stage) return false;
    this.#beat();
    words[at + 1] = binding;
    words[at + 2] = slot;
    words[at + 3] = 1;
    this.#times[2 * this.cellOf(task)] = startedAt;
    return true;
  }

  /** Checks whether the worker may still go straight on within the cell of a task. */
  mayGoOn(task: number): boolean {
    return (Atomics.load(this.#words, this.#at(task) + 6) & MAY_GO_ON) !== 0;
  }

  /** Withdraws the permission: the worker does not go straight on from a task any more. Called by the host. */
  forbid(task: number): void {
    Atomics.and(this.#words, this.#at(task) + 6, ~MAY_GO_ON);
  }

  /** Returns the number of times that the worker has gone straight on within the cell of a task. */
  stageOf(task: number): number {
    return Math.floor(Atomics.load(this.#words, this.#at(task) + 6) / ONE_STAGE);
  }

  /**
   * Ends a task whose routine did not load; returns `false` if the host has revoked it. Called by the worker.
   */
  fail(task: number, end: number): boolean {
    if (this.state(task) !== CLAIMED) return false;
    this.#times[2 * this.cellOf(task)] = 0;
    this.#words[this.#at(task) + 5] = end;
    return this.#swap(task, CLAIMED, ENDED);
  }

  /** Ends a task that was started. Called by the worker. */
  end(task: number, endedAt: number, end: number): void {
    this.#words[this.#at(task) + 5] = end;
    this.#times[2 * this.cellOf(task) + 1] = endedAt;
    Atomics.store(this.#words, this.#at(task), wordOf(task, ENDED));
  }

  /** Returns the state of a task; 0 if its cell belongs to another one. */
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

  /** Returns the number of the end of an `ENDED` task among all ends that its worker reports, from 1. */
  endOf(task: number): number {
    return this.#words[this.#at(task) + 5] as number;
  }

  /**
   * Returns the time at which a `RUNNING` or `ENDED` task was started, in epoch milliseconds; 0 if it never
   * was.
   */
  startedAt(task: number): number {
    return this.#times[2 * this.cellOf(task)] as number;
  }

  /** Returns the time at which an `ENDED` task ended, in epoch milliseconds. */
  endedAt(task: number): number {
    return this.#times[2 * this.cellOf(task) + 1] as number;
  }

  #at(task: number): number {
    return HEADER + 4 * this.size + this.cellOf(task) * WORDS;
  }

  /** Increments the pulse. Only the worker writes it, so it needs no lock. */
  #beat(): void {
    this.#words[0] = (this.#words[0] as number) + 1;
  }

  #swap(task: number, from: number, to: number): boolean {
    const before = wordOf(task, from);
    return Atomics.compareExchange(this.#words, this.#at(task), before, wordOf(task, to)) ===
      before;
  }
}

/** The task waits in its worker. */
export const QUEUED = 1;
/** The worker loads the task's routine. */
export const CLAIMED = 2;
/** The handler was called. */
export const RUNNING = 3;
/** The activation has ended; an item of the worker's outbox reports its outcome. */
export const ENDED = 4;
/** The host has revoked the task. */
const REVOKED = 5;

/** The bit of the stage word that permits to go on, and the difference that one stage makes. */
const MAY_GO_ON = 1;
const ONE_STAGE = 2;

function wordOf(task: number, state: number): number {
  return task << 3 | state;
}

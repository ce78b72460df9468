// A worker that shares no memory with the host, such as a process. It holds the contract of the ring on
// behalf of the worker: tasks wait here, by strand, and each step of a task is made here, in the host's ring.
// Used by `PoolWorker` in the place of a `WorkerThread`; `ChannelRunner` is the other end of the channel.

import { elapsed, now } from "../data/clock.ts";
import { Fifo } from "../data/fifo.ts";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import {
  decodeMessage,
  encodeMessage,
  endedBy,
  type FromWorker,
  refuseTransfer,
  type ToWorker,
} from "../wire/channel_messages.ts";
import { decodeItems, encodeItems, isReport, type Item } from "../wire/items.ts";
import type { BindingMessage, HostMessage, Report } from "../wire/messages.ts";
import { CLAIMED, QUEUED, RUNNING, SharedTaskRing } from "../wire/shared_task_ring.ts";
import {
  batchOf,
  firstPlace,
  hasTaskAt,
  introducedBy,
  nextPlace,
  numberAt,
  type TaskBatch,
} from "../wire/task_batch.ts";
import { ChannelLink } from "./channel_link.ts";
import { Liveness } from "./liveness.ts";
import type { StartWorker } from "./worker_channel.ts";
import type { HandleEvents, WorkerHandle } from "./worker_handle.ts";

/** The time after which a closed worker that has not ended is reported, in milliseconds. */
const STUCK_MS = 1_000;
/** The shortest time between two checks of a worker that does not take up what it was sent, in milliseconds. */
const RECHECK_MS = 1_000;
/** The time for which the answer to a probe shows that the worker is not blocked, in milliseconds. */
const LISTENS_MS = 5;

/** The remedy for a worker that does not start. */
const START_FIX = "see what the `startWorker` of its pool starts";

/**
 * A worker behind a channel.
 *
 * | step of a task     | is made in the host's ring                                                |
 * | ------------------ | ------------------------------------------------------------------------- |
 * | QUEUED to CLAIMED  | as the worker is asked to load the routine                                |
 * | to RUNNING         | as the task is sent, with nothing in front of it on its strand            |
 * | CLAIMED to ENDED   | as the worker reports that the routine did not load                       |
 * | RUNNING to ENDED   | as the worker reports the end, with the times that it measured            |
 *
 * So the host alone decides whether a task is started or revoked. A task leaves the host only for a worker that
 * has just answered a probe: one whose event loop is blocked is found out while its tasks are still `QUEUED`,
 * and they are executed elsewhere. A task that the worker does not start is returned to the pool: where an
 * uncaught error came before it, and where the worker has not taken it up in time, which is then given up.
 */
export class ChannelWorker implements WorkerHandle {
  readonly #id: string;
  readonly #events: HandleEvents;
  readonly #strands: ChannelStrand[] = [];
  /** The routines that the worker has to know, by number. */
  readonly #routines = new Map<number, ChannelRoutine>();
  /** The tasks and loads that were sent, and that the worker has not taken up yet, in order. */
  readonly #untaken: Untaken[] = [];
  readonly #liveness = new Liveness((ping) => this.#send({ type: "probe", probe: -ping }));
  readonly #link: ChannelLink;
  readonly #loadTimeout: number;
  #starting: TimerId | undefined;
  #watch: TimerId | undefined;
  #ring!: SharedTaskRing;
  #patience: TimerId | undefined;
  /** The number of items that were received from the worker. */
  #received = 0;
  /** The numbers of items, and of ends among them, that were added here to those of the worker. */
  #added = 0;
  #addedEnds = 0;
  /** The number of ends that were received from the worker. */
  #ends = 0;
  /** The number of probes that were sent. */
  #probes = 0;
  /** `true` while the last of them is unanswered, and nothing was sent since that may block the worker. */
  #isProbing = false;
  /** The time of the last sign that the worker is not blocked; `-Infinity` if it may be blocked since. */
  #listenedAt = -Infinity;
  #isReady = false;
  /** `true` if no more tasks are started, because of an error in the worker. */
  #isClosing = false;
  #isTerminated = false;
  #hasEnded = false;

  /**
   * @param workerId The worker.
   * @param start Starts the worker. Code of the user, as are the methods of the channel.
   * @param loadTimeout The time that the worker has to be ready, and to take up what it is sent, in milliseconds.
   * @param events The events of the worker.
   */
  constructor(workerId: string, start: StartWorker, loadTimeout: number, events: HandleEvents) {
    this.#id = workerId;
    this.#loadTimeout = loadTimeout;
    this.#events = events;
    this.#link = new ChannelLink(workerId, start, {
      message: (bytes) => this.#read(bytes),
      failed: (why) => this.#events.broken(why),
      ended: (why) => this.#ended(why),
    });
    this.#starting = after(loadTimeout, () => {
      this.#events.broken(`it was not ready within ${loadTimeout} ms`, START_FIX);
    });
  }

  post(message: HostMessage, transfer?: readonly Transferable[]): void {
    refuseTransfer(transfer);
    if (isTasks(message)) return this.#queue(message);
    switch (message.type) {
      case "start": {
        const { ring, ...rest } = message;
        this.#ring = new SharedTaskRing(ring);
        return this.#send({ ...rest, workerId: this.#id, cells: this.#ring.size });
      }
      case "load":
        this.#load(this.#introduce(message.binding));
        return this.#advance();
      case "forget":
        this.#routines.delete(message.binding);
        return this.#send(message);
      case "abort":
        return this.#abort(message);
      default:
        return this.#send(message);
    }
  }

  terminate(): void {
    if (this.#isTerminated) return;
    this.#isTerminated = true;
    this.#leave();
    if (this.#hasEnded) return;
    this.#patience = after(STUCK_MS, () => this.#events.stuck());
    this.#link.close();
  }

  #ended(why: string): void {
    this.#hasEnded = true;
    clearTimer(this.#patience);
    this.#leave();
    if (!this.#isTerminated) this.#events.broken(why, START_FIX);
    this.#events.gone();
  }

  /** Watches the worker no more. */
  #leave(): void {
    clearTimer(this.#starting);
    clearTimer(this.#watch);
    this.#liveness.close();
  }

  #send(message: ToWorker): void {
    this.#link.send(encodeMessage(message));
  }

  /** Sends an abort. The reason only accompanies it, so a part that cannot be sent is left out. */
  #abort(message: Extract<HostMessage, { type: "abort" }>): void {
    try {
      this.#send(message);
    } catch {
      const { name, message: text } = message.reason;
      this.#send({ ...message, reason: { name, message: text } });
    }
  }

  /** Holds tasks until their turn has come. Either all are encoded, or none is accepted. */
  #queue(batch: TaskBatch): void {
    const routines = introducedBy(batch)?.map((binding) => routineOf(binding));
    const tasks: [ChannelStrand, number, number, Uint8Array][] = [];
    for (let place = firstPlace(); hasTaskAt(batch, place); place = nextPlace(place)) {
      const number = numberAt(batch, place);
      const ring = this.#ring;
      const binding = ring.binding(number);
      const strand = ring.strand(number);
      const message = encodeMessage({
        type: "task",
        cell: [number, binding, ring.slot(number), ring.attempt(number), strand],
        batch: batchOf(batch, place),
      });
      tasks.push([this.#strands[strand] ??= new ChannelStrand(), number, binding, message]);
    }
    routines?.forEach((routine) => this.#routines.set(routine.number, routine));
    for (const [strand, number, binding, message] of tasks) {
      strand.push({ number, binding, message });
    }
    this.#advance();
  }

  /** Starts the tasks whose turn has come, as far as their routines have loaded and the worker answers. */
  #advance(): void {
    if (this.#isClosing || this.#isTerminated) return;
    const isListening = now() - this.#listenedAt < LISTENS_MS;
    let needsAnswer = false;
    for (const strand of this.#strands) {
      const task = strand?.next(this.#ring);
      if (task === undefined) continue;
      const routine = this.#routines.get(task.binding);
      const state = this.#ring.state(task.number) as typeof QUEUED | typeof CLAIMED;
      const isLoaded = routine?.state === "loaded";
      if (routine === undefined || !isLoaded && state === CLAIMED) continue;
      needsAnswer = true;
      if (!isListening) continue;
      if (isLoaded) this.#execute(strand, task.number, state, task.message);
      else if (this.#ring.claim(task.number)) this.#load(routine);
    }
    // Also behind what was sent, so that the next tasks need not wait for a round trip of their own.
    if (needsAnswer) this.#probe();
  }

  #execute(
    strand: ChannelStrand,
    task: number,
    from: typeof QUEUED | typeof CLAIMED,
    message: Uint8Array,
  ): void {
    strand.shift();
    if (!this.#ring.start(task, from, now())) return;
    strand.running = task;
    this.#sendBlocking(message, { task });
  }

  #probe(): void {
    if (this.#isProbing) return;
    this.#isProbing = true;
    this.#send({ type: "probe", probe: ++this.#probes });
  }

  /** Sends what runs user code, which may block the worker, whatever it has answered before. */
  #sendBlocking(message: Uint8Array, what: Pick<Untaken, "task" | "binding">): void {
    this.#listenedAt = -Infinity;
    this.#isProbing = false;
    this.#untaken.push({ ...what, at: elapsed() });
    this.#link.send(message);
    this.#watchTaking();
  }

  #watchTaking(): void {
    const [first] = this.#untaken;
    if (this.#watch !== undefined || first === undefined || this.#isTerminated) return;
    const ms = Math.max(first.at + this.#loadTimeout - elapsed(), RECHECK_MS);
    this.#watch = after(ms, () => void this.#checkTaking(first));
    unrefTimer(this.#watch);
  }

  /** Gives the worker up if it has not taken up what it was sent, and does not answer. */
  async #checkTaking(first: Untaken): Promise<void> {
    const answers = this.#untaken[0] !== first || await this.#liveness.check();
    this.#watch = undefined;
    if (this.#isTerminated || this.#hasEnded) return;
    // A handler that has begun may take any time.
    if (answers || this.#untaken[0] !== first || this.#isExecuting()) return this.#watchTaking();
    this.#isClosing = true;
    this.#link.close();
    for (const { task, binding } of this.#untaken) {
      if (task !== undefined) this.#report({ type: "returned", task });
      else this.#unclaim(binding);
    }
    this.#events.broken(
      `it did not take up what it was sent within ${this.#loadTimeout} ms, as something that an earlier activation left running never yields`,
    );
  }

  /** Checks whether the worker executes a task that it has taken up. */
  #isExecuting(): boolean {
    return this.#strands.some((strand) =>
      strand?.running !== undefined && !this.#untaken.some(({ task }) => task === strand.running)
    );
  }

  /** Takes back the claims of the tasks that wait for a routine that the worker does not load. */
  #unclaim(binding: number | undefined): void {
    const ring = this.#ring;
    for (const strand of this.#strands) {
      const task = strand?.next(ring);
      if (task === undefined || task.binding !== binding) continue;
      const { number } = task;
      ring.queue(
        number,
        task.binding,
        ring.slot(number),
        ring.attempt(number),
        ring.strand(number),
      );
    }
  }

  #introduce(binding: BindingMessage): ChannelRoutine {
    const known = this.#routines.get(binding.number);
    const routine = known ?? routineOf(binding);
    if (known === undefined) this.#routines.set(binding.number, routine);
    return routine;
  }

  /** Makes the worker load a routine. While it does, its report serves all who wait for it. */
  #load(routine: ChannelRoutine): void {
    if (routine.state === "loading") return;
    if (routine.state === "new") routine.state = "loading";
    this.#sendBlocking(routine.message, { binding: routine.number });
  }

  #read(bytes: Uint8Array): void {
    if (this.#hasEnded || this.#isTerminated) return;
    let message: FromWorker;
    try {
      message = decodeMessage(bytes) as FromWorker;
    } catch {
      return this.#events.unreadable();
    }
    const isFirst = !this.#isReady;
    this.#isReady = true;
    clearTimer(this.#starting);
    if (isFirst !== (message?.type === "ready")) return this.#events.unreadable();
    switch (message?.type) {
      case "ready":
        return this.#events.message(message);
      case "taken":
        return void this.#untaken.shift();
      case "listening":
        if (message.probe < 0) return this.#liveness.heard(-message.probe);
        if (!this.#isProbing || message.probe !== this.#probes) return;
        this.#isProbing = false;
        this.#listenedAt = now();
        return this.#advance();
      case "items":
        return this.#readItems(message);
      case "returned":
        return this.#report(message);
      default:
        return this.#events.unreadable();
    }
  }

  #readItems({ items: message, ends }: Extract<FromWorker, { type: "items" }>): void {
    const { first = this.#received, items } = decodeItems(message);
    const seen: Item[] = [];
    let end = 0;
    for (const item of items) {
      const task = endedBy(item);
      if (task !== undefined) this.#end(task, ends[end++] ?? [0, 0, 0]);
      seen.push(isReport(item) ? this.#see(item) : item);
    }
    this.#received += items.length;
    this.#events.message(encodeItems(first + this.#added, seen));
    for (const item of items) {
      if (isReport(item) && item.type === "loaded") this.#loaded(item);
    }
    this.#advance();
  }

  /** Makes the last step of a task, unless it is one that the worker does not execute. */
  #end(task: number, [startedAt, endedAt, end]: readonly [number, number, number]): void {
    this.#ends++;
    // A report of another task is refused by its reader.
    if (this.#ring.state(task) !== RUNNING) return;
    // Between sending and hearing of it, however exactly the clocks of two machines agree.
    const from = Math.min(Math.max(startedAt, this.#ring.startedAt(task)), now());
    this.#ring.start(task, RUNNING, from);
    this.#ring.end(task, Math.min(Math.max(endedAt, from), now()), end + this.#addedEnds);
    const strand = this.#strands[this.#ring.strand(task)];
    if (strand?.running === task) strand.running = undefined;
    // Something that it left running may block the worker.
    this.#listenedAt = -Infinity;
  }

  /** Acts on a report before it is passed on, and returns it as the pool is to read it. */
  #see(report: Report): Report {
    switch (report.type) {
      case "pong":
        if (this.#listenedAt > -Infinity) this.#listenedAt = now();
        return report;
      case "leaving":
        this.#isClosing = true;
        return report;
      case "uncaught":
        this.#isClosing = true;
        // The tasks that were started until now have to be executed, or are returned.
        return { ...report, at: now() };
      case "loaded": {
        const routine = this.#routines.get(report.binding);
        if (routine !== undefined) routine.state = report.error === undefined ? "loaded" : "new";
        return report;
      }
      default:
        return report;
    }
  }

  /** Fails the tasks that waited for a routine that did not load. */
  #loaded({ binding, error }: Extract<Report, { type: "loaded" }>): void {
    if (error === undefined) return;
    for (const strand of this.#strands) {
      if (this.#isTerminated) return;
      const task = strand?.next(this.#ring);
      if (task?.binding !== binding) continue;
      if (!this.#ring.fail(task.number, this.#ends + this.#addedEnds + 1)) continue;
      strand.shift();
      this.#addedEnds++;
      this.#report({ type: "failed", task: task.number, error });
    }
  }

  /** Passes on a report that the worker did not number. */
  #report(report: Report): void {
    this.#events.message(encodeItems(this.#received + this.#added++, [report]));
  }
}

/** A strand of a worker behind a channel: its tasks wait on the host until their turn has come. */
class ChannelStrand {
  readonly #waiting = new Fifo<WaitingTask>();
  /** The task that the worker executes. */
  running: number | undefined;

  /** Adds a task at the end. */
  push(task: WaitingTask): void {
    this.#waiting.push(task);
  }

  /** Returns the task whose turn it is, if the strand is free. Drops tasks that were revoked. */
  next(ring: SharedTaskRing): WaitingTask | undefined {
    if (this.running !== undefined) return undefined;
    for (let task = this.#waiting.peek(); task !== undefined; task = this.#waiting.peek()) {
      const state = ring.state(task.number);
      if (state === QUEUED || state === CLAIMED) return task;
      this.#waiting.shift();
    }
    return undefined;
  }

  /** Removes the task whose turn it is. */
  shift(): void {
    this.#waiting.shift();
  }
}

/** A task that was not sent to its worker yet. */
interface WaitingTask {
  readonly number: number;
  readonly binding: number;
  /** The message with the task. */
  readonly message: Uint8Array;
}

/** A task that was sent, or a routine that the worker was asked to load. */
interface Untaken {
  readonly task?: number;
  readonly binding?: number;
  /** When it was sent, in milliseconds of the monotonic clock. */
  readonly at: number;
}

/** A routine that the worker knows, or is to know. */
interface ChannelRoutine {
  readonly number: number;
  /** The message that makes the worker load it. */
  readonly message: Uint8Array;
  state: "new" | "loading" | "loaded";
}

function routineOf(binding: BindingMessage): ChannelRoutine {
  const message = encodeMessage({ type: "load", binding });
  return { number: binding.number, message, state: "new" };
}

function isTasks(message: HostMessage): message is TaskBatch {
  return Array.isArray(message);
}

// A worker that shares no memory with the host, such as a process. It holds the contract of the ring on
// behalf of the worker: tasks wait here, by strand, and each step of a task is made here, in the host's ring.
// Used by `PoolWorker` in the place of a `WorkerThread`; `ChannelRunner` is the other end of the channel.

import { elapsed, now } from "../data/clock.ts";
import { microtask } from "../data/microtask.ts";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import { textOf } from "../errors/text_of.ts";
import {
  decodeMessage,
  encodeMessage,
  endedBy,
  type FromWorker,
  PROTOCOL,
  refuseTransfer,
  type ToWorker,
} from "../wire/channel_messages.ts";
import { isFromWorker } from "../wire/is_from_worker.ts";
import { decodeItems, encodeItems, isReport, type Item } from "../wire/items.ts";
import type { BindingMessage, HostMessage, Report } from "../wire/messages.ts";
import { CLAIMED, type QUEUED, RUNNING, SharedTaskRing } from "../wire/shared_task_ring.ts";
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
import { ChannelStrand } from "./channel_strand.ts";
import { Liveness } from "./liveness.ts";
import type { StartWorker } from "./worker_channel.ts";
import type { HandleEvents, WorkerHandle } from "./worker_handle.ts";

/** The time after which a closed worker that has not ended is reported, in milliseconds. */
const STUCK_MS = 1_000;
/** The shortest time between two checks of a worker that does not take up what it was sent, in milliseconds. */
const RECHECK_MS = 1_000;
/** The time for which the answer to a probe shows that the worker is not blocked, in milliseconds. */
const LISTENS_MS = 5;
/** The time by which an answer may take longer than twice the one before, in milliseconds. */
const JITTER_MS = 200;

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
 * has just answered a probe, and only one at a time: a worker whose event loop is blocked is found out while
 * its tasks are still `QUEUED`, and they are executed elsewhere. A task that the worker does not start is
 * returned to the pool: where an uncaught error came before it, and where the worker has not taken it up in
 * time, which is then given up.
 */
export class ChannelWorker implements WorkerHandle {
  readonly #id: string;
  readonly #events: HandleEvents;
  readonly #clock: () => number;
  readonly #strands: ChannelStrand[] = [];
  /** The routines that the worker has to know, by number. */
  readonly #routines = new Map<number, ChannelRoutine>();
  /** The tasks and loads that were sent, and that the worker has not taken up yet, in order. */
  readonly #untaken: Untaken[] = [];
  /** The loads that were asked for by themselves, and that are not sent yet, in order. */
  readonly #wanted: Untaken[] = [];
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
  /** `true` while the last of them is unanswered, and nothing that may block the worker was sent behind it. */
  #isProbing = false;
  /** The time at which it was sent. */
  #probedAt = 0;
  /** The time that the last answer took, in milliseconds. */
  #roundTrip = Infinity;
  /** The time of the last sign that the worker is not blocked; `-Infinity` if it may be blocked since. */
  #listenedAt = -Infinity;
  /** `true` while the worker may be sent what runs user code: until the first such message. */
  #isListening = false;
  /** The index of the strand whose turn it is. */
  #turn = 0;
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
   * @param clock The time in milliseconds, by which answers to probes are trusted.
   */
  constructor(
    workerId: string,
    start: StartWorker,
    loadTimeout: number,
    events: HandleEvents,
    clock: () => number = elapsed,
  ) {
    this.#id = workerId;
    this.#clock = clock;
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
        this.#introduce(message.binding);
        this.#wanted.push({ binding: message.binding.number, at: elapsed() });
        this.#watchTaking();
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

  /**
   * Starts what the worker is to do next, as far as routines have loaded and the worker answers.
   *
   * @param isListening `true` if the worker has just shown that it is not blocked.
   */
  #advance(isListening = this.#clock() - this.#listenedAt < LISTENS_MS): void {
    if (this.#isClosing || this.#isTerminated) return;
    this.#isListening = isListening;
    let needsAnswer = this.#wanted.length > 0;
    const mayClaim = isListening;
    if (needsAnswer && mayClaim) this.#loadWanted();
    const strands = this.#strands.length;
    const from = this.#turn;
    for (let i = 0; i < strands; i++) {
      const index = (from + i) % strands;
      const strand = this.#strands[index];
      const task = strand?.next(this.#ring);
      if (strand === undefined || task === undefined) continue;
      const routine = this.#routines.get(task.binding);
      const state = this.#ring.state(task.number) as typeof QUEUED | typeof CLAIMED;
      if (routine === undefined) continue;
      if (routine.state !== "loaded" && state === CLAIMED) continue;
      if (routine.state === "loading" && mayClaim && this.#ring.claim(task.number)) continue;
      needsAnswer = true;
      // The worker may be blocked by the task just sent, so the next one needs an answer of its own.
      if (!this.#isListening) continue;
      if (routine.state === "loaded") {
        this.#turn = index + 1;
        this.#execute(strand, task.number, state, task.message);
      } else if (this.#ring.claim(task.number)) this.#load(routine);
    }
    // Also behind what was sent, so that the next tasks need not wait for a round trip of their own.
    if (needsAnswer) this.#probe();
  }

  /** Makes the worker load the next routine that was asked for by itself. */
  #loadWanted(): void {
    const { binding = -1 } = this.#wanted.shift() ?? {};
    const routine = this.#routines.get(binding);
    if (routine !== undefined) this.#load(routine);
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
    this.#probedAt = this.#clock();
    this.#send({ type: "probe", probe: ++this.#probes });
  }

  /** Records that user code may block the worker from now on, whatever it has answered before. */
  #mayBlock(): void {
    this.#listenedAt = -Infinity;
    this.#isListening = false;
  }

  /** Sends what runs user code. */
  #sendBlocking(message: Uint8Array, what: Pick<Untaken, "task" | "binding">): void {
    this.#mayBlock();
    this.#isProbing = false;
    this.#untaken.push({ ...what, at: elapsed() });
    this.#link.send(message);
    this.#watchTaking();
  }

  #watchTaking(): void {
    const first = this.#overseen;
    if (this.#watch !== undefined || first === undefined || this.#isTerminated) return;
    const ms = Math.max(first.at + this.#loadTimeout - elapsed(), RECHECK_MS);
    this.#watch = after(ms, () => void this.#checkTaking(first));
    unrefTimer(this.#watch);
  }

  /** Gives the worker up if it has not taken up what it was sent, and does not answer. */
  async #checkTaking(first: Untaken): Promise<void> {
    const answers = this.#overseen !== first || await this.#liveness.checkLoosely();
    this.#watch = undefined;
    if (this.#isTerminated || this.#hasEnded) return;
    // A handler that has begun may take any time.
    if (answers || this.#overseen !== first || this.#isExecuting()) return this.#watchTaking();
    this.#isClosing = true;
    this.#link.close();
    for (const { task } of this.#untaken) {
      if (task !== undefined) this.#report({ type: "returned", task });
    }
    this.#events.broken(
      `it did not take up what it was sent within ${this.#loadTimeout} ms, as something that an earlier activation left running never yields`,
    );
  }

  /** The next thing that the worker has to take up in time. The pool oversees the loads that were sent. */
  get #overseen(): Untaken | undefined {
    const [sent] = this.#untaken;
    if (sent === undefined) return this.#wanted[0];
    return sent.task === undefined ? undefined : sent;
  }

  /** Checks whether the worker executes a task that it has taken up. */
  #isExecuting(): boolean {
    return this.#strands.some((strand) =>
      strand?.running !== undefined && !this.#untaken.some(({ task }) => task === strand.running)
    );
  }

  #introduce(binding: BindingMessage): void {
    if (!this.#routines.has(binding.number)) {
      this.#routines.set(binding.number, routineOf(binding));
    }
  }

  /** Makes the worker load a routine. While it does, its report serves all who wait for it. */
  #load(routine: ChannelRoutine): void {
    if (routine.state === "loading") return;
    if (routine.state === "new") routine.state = "loading";
    const { number: binding } = routine;
    // The worker's own report of it may not leave a worker that the module blocks. Deferred, as the pool may
    // still be distributing tasks.
    microtask(() => {
      if (!this.#isTerminated && !this.#hasEnded) this.#report({ type: "loading", binding });
    });
    this.#sendBlocking(routine.message, { binding });
  }

  #read(bytes: Uint8Array): void {
    if (this.#hasEnded || this.#isTerminated) return;
    try {
      const message = decodeMessage(bytes);
      const isFirst = !this.#isReady;
      this.#isReady = true;
      clearTimer(this.#starting);
      if (isFromWorker(message) && isFirst === (message.type === "ready")) {
        return this.#handle(message);
      }
    } catch {
      // The bytes are no message, or parts that are unpacked later have another shape. Nothing of that may
      // reach the code of the channel.
    }
    this.#events.unreadable();
  }

  #handle(message: FromWorker): void {
    switch (message.type) {
      case "ready":
        return this.#onReady(message);
      case "taken":
        this.#untaken.shift();
        return this.#watchTaking();
      case "listening":
        if (message.probe < 0) return this.#liveness.heard(-message.probe);
        if (!this.#isProbing || message.probe !== this.#probes) return;
        return this.#onAnswer();
      case "items":
        return this.#readItems(message);
      case "returned":
        return this.#report(message);
      default:
        message satisfies never;
    }
  }

  #onReady(message: Extract<FromWorker, { type: "ready" }>): void {
    const { at, protocol } = message;
    if (protocol === PROTOCOL) return this.#events.message({ type: "ready", at });
    this.#events.broken(
      `it speaks version ${textOf(protocol)} of the protocol, and its pool version ${PROTOCOL}`,
      "run the same version of this library at both ends",
    );
  }

  /**
   * Goes on, as the worker has answered a probe. An answer that took much longer than the one before may have
   * lain here while this thread was blocked, so that it does not count.
   */
  #onAnswer(): void {
    const took = this.#clock() - this.#probedAt;
    const isFresh = took <= 2 * this.#roundTrip + JITTER_MS;
    this.#roundTrip = took;
    this.#isProbing = false;
    if (isFresh) this.#listenedAt = this.#clock();
    this.#advance(isFresh);
  }

  #readItems({ items: message, ends }: Extract<FromWorker, { type: "items" }>): void {
    const { first = this.#received, items } = decodeItems(message);
    const seen: Item[] = [];
    let end = 0;
    for (const item of items) {
      const task = endedBy(item);
      if (task !== undefined) this.#end(task, ends[end++] ?? [0, 0, 0]);
      if (!isReport(item)) seen.push(item);
      // This end has reported it.
      else if (item.type !== "loading") seen.push(this.#see(item));
    }
    const number = first + this.#added;
    this.#received += items.length;
    this.#added -= items.length - seen.length;
    if (seen.length > 0) this.#events.message(encodeItems(number, seen));
    for (const item of items) {
      if (isReport(item) && item.type === "loaded") this.#loaded(item);
    }
    this.#advance();
  }

  /** Makes the last step of a task, unless it is one that the worker does not execute. */
  #end(task: number, [startedAt, endedAt, end]: readonly [number, number, number]): void {
    this.#ends++;
    // `ReportReader` refuses the end of a task that the worker does not execute.
    if (this.#ring.state(task) !== RUNNING) return;
    // Between sending and hearing of it, and as long as the worker has measured, as far as both is possible:
    // the clocks of two machines may not agree.
    const sentAt = this.#ring.startedAt(task);
    const duration = Math.max(0, endedAt - startedAt);
    const to = Math.min(now(), Math.max(endedAt, sentAt + duration));
    this.#ring.start(task, RUNNING, Math.max(sentAt, to - duration));
    this.#ring.end(task, to, end + this.#addedEnds);
    const strand = this.#strands[this.#ring.strand(task)];
    if (strand?.running === task) strand.running = undefined;
    // Something that it left running may do so.
    this.#mayBlock();
  }

  /** Acts on a report before it is passed on, and returns it as the pool is to read it. */
  #see(report: Report): Report {
    switch (report.type) {
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

/** A task that was sent, or a routine that the worker is to load. */
interface Untaken {
  readonly task?: number;
  readonly binding?: number;
  /** The time at which it was sent, or asked for, in milliseconds of the monotonic clock. */
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

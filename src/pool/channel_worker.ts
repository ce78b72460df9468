// A worker that shares no memory with the host, such as a process. It holds the contract of the ring on
// behalf of the worker: tasks wait here, by strand, and each step of a task is made here, in the host's ring.
// Used by `PoolWorker` in the place of a `WorkerThread`; `ChannelRunner` is the other end of the channel.

import { now } from "../data/clock.ts";
import type { SerializedError } from "../data/serialized_error.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";
import { textOf } from "../errors/text_of.ts";
import {
  decodeMessage,
  encodeMessage,
  type FromWorker,
  PROTOCOL,
  refuseTransfer,
  type ToWorker,
} from "../wire/channel_messages.ts";
import { isFromWorker } from "../wire/is_from_worker.ts";
import type { BindingMessage, HostMessage } from "../wire/messages.ts";
import { CLAIMED, type QUEUED, SharedTaskRing } from "../wire/shared_task_ring.ts";
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
import { ChannelProbes } from "./channel_probes.ts";
import { ChannelReports } from "./channel_reports.ts";
import { ChannelStrand } from "./channel_strand.ts";
import { ChannelTaking } from "./channel_taking.ts";
import { Liveness } from "./liveness.ts";
import type { StartWorker } from "./worker_channel.ts";
import type { HandleEvents, WorkerHandle } from "./worker_handle.ts";

/** The time after which a closed worker that has not ended is reported, in milliseconds. */
const STUCK_MS = 1_000;

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
  /** The strands, by their indices. */
  readonly #strands: ChannelStrand[] = [];
  /** The strands that execute nothing and have tasks, in the order in which their turns come. */
  readonly #ready = new Set<ChannelStrand>();
  /** The routines that the worker has to know, by number. */
  readonly #routines = new Map<number, ChannelRoutine>();
  /** The tasks that are to fail, as their routines did not load. */
  readonly #unloaded: { readonly task: number; readonly error: SerializedError }[] = [];
  readonly #taking: ChannelTaking;
  readonly #liveness = new Liveness((ping) => this.#send({ type: "probe", probe: -ping }));
  readonly #probes: ChannelProbes;
  readonly #link: ChannelLink;
  readonly #loadTimeout: number;
  #starting: TimerId | undefined;
  #ring!: SharedTaskRing;
  #reports!: ChannelReports;
  #patience: TimerId | undefined;
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
    clock?: () => number,
  ) {
    this.#id = workerId;
    this.#loadTimeout = loadTimeout;
    this.#events = events;
    this.#probes = new ChannelProbes((probe) => this.#send({ type: "probe", probe }), clock);
    this.#taking = new ChannelTaking({
      answers: () => this.#liveness.checkLoosely(),
      isExecuting: () => this.#isExecuting(),
      overdue: () => this.#giveUp(),
    }, loadTimeout);
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
        this.#reports = new ChannelReports(this.#ring, {
          message: (items) => this.#events.message(items),
          ended: (task) => this.#onEnd(task),
          loaded: (binding, error) => this.#onLoaded(binding, error),
          closing: () => this.#isClosing = true,
        });
        return this.#send({ ...rest, workerId: this.#id, cells: this.#ring.size });
      }
      case "load":
        this.#introduce(message.binding);
        this.#taking.want(message.binding.number);
        return this.#advance();
      case "forget":
        this.#routines.delete(message.binding);
        return this.#send(message);
      case "ways":
        // The host makes each step of a task on behalf of the worker, which therefore never goes straight on.
        return;
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
    this.#taking.stop();
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
      if (strand.running === undefined) this.#ready.add(strand);
    }
    this.#advance();
  }

  /** Starts what the worker is to do next, as far as routines have loaded and the worker answers. */
  #advance(): void {
    if (this.#isClosing || this.#isTerminated) return;
    const mayClaim = this.#probes.isListening;
    let needsAnswer = this.#taking.hasWanted;
    if (needsAnswer && mayClaim) this.#loadWanted();
    let isLoading = mayClaim && this.#isLoading;
    for (const strand of this.#ready) {
      const task = strand.next(this.#ring);
      if (task === undefined) {
        this.#ready.delete(strand);
        continue;
      }
      const routine = this.#routines.get(task.binding);
      const state = this.#ring.state(task.number) as typeof QUEUED | typeof CLAIMED;
      if (routine === undefined) continue;
      if (routine.state !== "loaded" && state === CLAIMED) continue;
      if (routine.state === "loading" && mayClaim && this.#ring.claim(task.number)) continue;
      needsAnswer = true;
      // The worker may be blocked by what was just sent, so the next task needs an answer of its own.
      if (!this.#probes.isListening) {
        if (isLoading) continue;
        break;
      }
      if (routine.state === "loaded") this.#execute(strand, task.number, state, task.message);
      else if (this.#ring.claim(task.number)) {
        this.#load(routine);
        isLoading = true;
      }
    }
    // Also behind what was sent, so that the next tasks need not wait for a round trip of their own.
    if (needsAnswer) this.#probes.ask();
  }

  /** Checks whether a routine is being loaded, whose tasks are to be claimed. */
  get #isLoading(): boolean {
    return this.#routines.values().some(({ state }) => state === "loading");
  }

  /** Makes the worker load the next routine that was asked for by itself. */
  #loadWanted(): void {
    const routine = this.#routines.get(this.#taking.takeWanted() ?? -1);
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
    this.#ready.delete(strand);
    this.#sendBlocking(message, { task });
  }

  /** Sends what runs user code. */
  #sendBlocking(message: Uint8Array, what: { task: number } | { binding: number }): void {
    this.#probes.sentBlocking();
    this.#taking.sent(what);
    this.#link.send(message);
  }

  /** Gives the worker up, as it has not taken up what it was sent, and does not answer. */
  #giveUp(): void {
    this.#isClosing = true;
    this.#link.close();
    const loads = new Set(this.#taking.loads());
    const claimed = this.#claimed((binding) => loads.has(binding));
    for (const task of [...this.#taking.tasks(), ...claimed]) this.#events.returned(task);
    this.#events.broken(
      `it did not take up what it was sent within ${this.#loadTimeout} ms, as code in it never yields`,
    );
  }

  /** Checks whether the worker executes a task that it has taken up. */
  #isExecuting(): boolean {
    const untaken = new Set(this.#taking.tasks());
    return this.#strands.some((strand) =>
      strand?.running !== undefined && !untaken.has(strand.running)
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
    this.#sendBlocking(routine.message, { binding: routine.number });
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
        return this.#onTaken();
      case "listening":
        if (message.probe < 0) return this.#liveness.heard(-message.probe);
        if (this.#probes.answered(message.probe)) this.#advance();
        return;
      case "items":
        this.#reports.read(message);
        this.#failUnloaded();
        return this.#advance();
      case "returned":
        return this.#events.returned(message.task);
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

  /** The worker reports that it loads a routine before a module can block it. */
  #onTaken(): void {
    const { binding } = this.#taking.taken() ?? {};
    if (binding !== undefined) this.#reports.add({ type: "loading", binding });
  }

  /** Frees the strand of a task that has ended. */
  #onEnd(task: number): void {
    const strand = this.#strands[this.#ring.strand(task)];
    if (strand?.running === task) {
      strand.running = undefined;
      this.#ready.add(strand);
    }
    // Something that it left running may do so.
    this.#probes.mayBlock();
  }

  #onLoaded(binding: number, error: SerializedError | undefined): void {
    const routine = this.#routines.get(binding);
    if (routine !== undefined) routine.state = error === undefined ? "loaded" : "new";
    if (error === undefined) return;
    for (const task of this.#claimed((one) => one === binding)) {
      this.#unloaded.push({ task, error });
    }
  }

  /** Fails the tasks whose routines did not load, behind the report of that. */
  #failUnloaded(): void {
    for (const { task, error } of this.#unloaded.splice(0)) {
      if (!this.#isTerminated) this.#reports.fail(task, error);
    }
  }

  /** Returns the tasks that wait for some of the routines, which are being loaded. */
  #claimed(isAwaited: (binding: number) => boolean): number[] {
    const tasks: number[] = [];
    for (const strand of this.#ready) {
      const task = strand.next(this.#ring);
      if (task === undefined || !isAwaited(task.binding)) continue;
      if (this.#ring.state(task.number) === CLAIMED) tasks.push(task.number);
    }
    return tasks;
  }
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

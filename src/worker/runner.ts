// Executes the tasks of a worker. `startWorker` passes it the messages of the host and uncaught errors; its
// reports are sent through its `Outbox`.

import { agree, now } from "../data/clock.ts";
import { reviveThrown, type SerializedError, serializeError } from "../data/serialized_error.ts";
import { after } from "../data/timer.ts";
import { type PackedEffects, transferOf } from "../wire/packed_effects.ts";
import type { HostMessage, Request } from "../wire/messages.ts";
import { encodeStep, type Item } from "../wire/items.ts";
import {
  firstPlace,
  hasTaskAt,
  introducedBy,
  nextPlace,
  numberAt,
  type Place,
  takePayload,
  type TaskBatch,
} from "../wire/task_batch.ts";
import { CLAIMED, QUEUED, SharedTaskRing } from "../wire/shared_task_ring.ts";
import { type ActivationHost, RunningActivation } from "./running_activation.ts";
import { Asks } from "./asks.ts";
import type { BoundRoutine } from "./bound_routine.ts";
import { type NextActivation, nextActivation } from "./next_activation.ts";
import { Outbox } from "./outbox.ts";
import { callAs, callOutside, type ModuleOwner, Owner, wasContextEntered } from "./owner.ts";
import type { Port } from "./own_port.ts";
import { ResultFlow } from "./result_flow.ts";
import { RoutineTable } from "./routine_table.ts";
import { settledBy } from "./settled_by.ts";
import { cleanUp } from "./clean_up.ts";
import { userStack } from "./user_stack.ts";
import { WorkerStrand } from "./worker_strand.ts";

/** The estimate from which on the start of a task is reported to the host at once, in milliseconds. */
const NOTABLE_MS = 4;
/** The time for which a worker goes straight on from one activation to the next, in milliseconds. */
const GO_ON_MS = 1;
/** The owner of code whose async context is unknown. */
const UNKNOWN = { culprit: "unknown" } as const;

/**
 * Executes the tasks of a worker: one at a time on each strand, interleaved with those of other strands where
 * handlers await. A task passes through these stages, unless the host revokes it before its start:
 *
 * - `#take`: its strand is free. The task is claimed if its routine has to be loaded first.
 * - `#start`: its cell is set to `RUNNING`, and its handler is called.
 * - `#settle`: its handler has returned a promise, which is awaited.
 * - `#end`: its result is added to the outbox, and its cell is set to `ENDED`.
 *
 * Instead of `#end`, the worker may go straight on (`#goOn`) to the activation that follows: within the same task, and
 * for a short time, so that the tasks that wait are not delayed.
 */
export class Runner implements ActivationHost {
  readonly workerId: string;
  readonly #outbox: Outbox;
  readonly #canMove: boolean;
  readonly #asks = new Asks();
  readonly #routines: RoutineTable;
  readonly #flow: ResultFlow;
  readonly #strands: WorkerStrand[] = [];
  /** Activations whose handlers await, by the numbers of their tasks. */
  readonly #awaiting = new Map<number, RunningActivation>();
  #ring!: SharedTaskRing;
  /** The number of tasks that have ended. */
  #ends = 0;
  /** The number of messages from the host. */
  #received = 0;
  /** The start time of the next task, if it follows at once. */
  #at = 0;
  /** The activation to which it goes straight on. */
  #next: NextActivation | undefined;
  /**
   * `true` if no more tasks are started, because of an uncaught error or because the worker is about to end.
   */
  #isClosing = false;

  /**
   * @param workerId The worker's id.
   * @param port The port to the host.
   */
  constructor(workerId: string, port: Port) {
    this.workerId = workerId;
    this.#canMove = port.canMove === true;
    this.#outbox = new Outbox(port, (ask, error) => this.#asks.refuse(ask, error));
    this.#flow = new ResultFlow(this.#outbox, this.#awaiting);
    this.#routines = new RoutineTable((item) => this.#report(item));
  }

  /** Handles a message of the host. */
  receive(message: HostMessage): void {
    this.#received++;
    if (isTasks(message)) return this.#accept(message);
    switch (message.type) {
      case "answer":
        if (!this.#asks.answer(message.task, message.ask, message.value, message.error)) {
          this.#fail(new TypeError("an answer came to a question of another activation"));
        }
        return;
      case "abort":
        return this.#abort(message.task, message.stage, message.reason);
      case "abandon":
        this.#awaiting.get(message.task)?.end();
        return void this.#awaiting.delete(message.task);
      case "load":
        return this.#routines.load(message.binding);
      case "forget":
        return this.#routines.delete(message.binding);
      case "ways":
        return this.#routines.setWays(message.binding, message.ways);
      case "ping":
        // Answered in the next turn of the event loop, so that earlier results are reported first.
        return void after(0, () => this.#report({ type: "pong", ping: message.ping }));
      case "stop":
        return void this.#stop();
      case "start":
        agree(message.sentAt, message.heardAt);
        this.#ring = new SharedTaskRing(message.ring);
        return this.#routines.start(message.loadTimeout, message.programStartedAt);
      default:
        message satisfies never;
    }
  }

  /** Handles a message that cannot be read. */
  unreadable(): void {
    this.#report({ type: "unreadable", message: ++this.#received });
  }

  /**
   * Handles an uncaught error. The activation to which it belongs fails, if it still executes; this worker
   * starts no more tasks.
   */
  uncaught(thrown: unknown, { culprit }: Pick<Owner | ModuleOwner, "culprit"> = UNKNOWN): void {
    const error = serializeError(thrown);
    const owner = culprit instanceof RunningActivation ? "failed" : culprit;
    // Sent first, so that the host replaces this worker before it handles the failure.
    this.#outbox.push({ type: "uncaught", owner, error, at: now() });
    this.#isClosing = true;
    if (culprit instanceof RunningActivation) {
      this.#end(culprit, this.#uncaughtItem(culprit, error));
    }
    // Deferred, as a handler may be on the stack, which can report errors itself.
    void Promise.resolve().then(() => this.#outbox.flush());
  }

  /** Handles a call of a routine that ends the thread. */
  leaving(call: string, { culprit }: Pick<Owner | ModuleOwner, "culprit"> = UNKNOWN): void {
    const owner = culprit instanceof RunningActivation ? culprit.task : culprit;
    this.#report({ type: "leaving", call, owner });
    this.#isClosing = true;
  }

  ask(
    task: number,
    request: Request,
    transfer: readonly Transferable[] | undefined,
  ): Promise<unknown> {
    const answer = this.#asks.ask(this.#outbox, task, request, transfer);
    this.#flow.flushForAsk();
    return answer;
  }

  endAsks(task: number, reasonOf: () => unknown): void {
    this.#asks.end(task, reasonOf);
  }

  sendNow(item: Item, stage: number): void {
    if (stage === 0) return this.#outbox.sendNow(item);
    // The host has to learn first that the worker has gone on to this activation.
    this.#outbox.push(item);
    this.#flow.flushForAsk();
  }

  /** Sends an item, after the items that are in the outbox. */
  #report(item: Item): void {
    this.#outbox.push(item);
    this.#outbox.flush();
  }

  /** Gives tasks to their strands, and executes those whose strands are free. */
  #accept(batch: TaskBatch): void {
    introducedBy(batch)?.forEach((binding) => this.#routines.add(binding));
    this.#at = now();
    this.#flow.begin(this.#at);
    const strandAt = (place: Place) => this.#ring.strand(numberAt(batch, place));
    const strands: WorkerStrand[] = [];
    for (let from = firstPlace(); hasTaskAt(batch, from);) {
      const index = strandAt(from);
      let to = nextPlace(from);
      while (hasTaskAt(batch, to) && strandAt(to) === index) to = nextPlace(to);
      const strand = this.#strands[index] ??= new WorkerStrand();
      strand.push({ batch, from, to });
      strands.push(strand);
      from = to;
    }
    this.#execute(strands);
  }

  /** Executes the waiting tasks of strands, and shares async contexts where possible. */
  #execute(strands: readonly WorkerStrand[]): void {
    let isDone = this.#next === undefined &&
      strands.every((strand) => strand.next() === undefined);
    while (!isDone) {
      const shared = new Owner();
      isDone = callAs(shared, executeIn, this, strands, shared);
    }
    this.#flow.flushUnlessQuick();
  }

  /**
   * Executes the waiting tasks of strands, on each up to a task that awaits. Returns `false` if the rest
   * needs a new context.
   */
  executeIn(strands: readonly WorkerStrand[], shared: Owner): boolean {
    wasContextEntered();
    for (const strand of strands) {
      while (this.#next !== undefined || !this.#isTaken(strand)) {
        if (this.#next !== undefined) this.#startNext(this.#next, shared);
        else {
          const run = strand.next();
          if (run === undefined) break;
          const { batch, from } = run;
          run.from = nextPlace(from);
          this.#take(strand, batch, from, shared);
        }
        this.#at = this.#flow.flushIfOld(this.#at);
        if (wasContextEntered()) return false;
      }
    }
    return true;
  }

  /**
   * Checks whether a strand is occupied. A task that is revoked while its routine is loaded no longer
   * occupies it.
   */
  #isTaken({ isBusy, loading }: WorkerStrand): boolean {
    return isBusy || loading !== undefined && this.#ring.state(loading) === CLAIMED;
  }

  #take(strand: WorkerStrand, batch: TaskBatch, place: Place, shared: Owner): void {
    const task = numberAt(batch, place);
    const bound = this.#routines.get(this.#ring.binding(task));
    // The cell belongs to another task by now, or the host will revoke the task.
    if (bound === undefined || this.#isClosing) return;
    if (bound.isLoaded) return this.#start(strand, batch, place, bound, QUEUED, shared);
    if (!this.#ring.claim(task)) return;
    strand.loading = task;
    void callOutside(() => this.#loadAndStart(strand, batch, place, bound));
  }

  async #loadAndStart(
    strand: WorkerStrand,
    batch: TaskBatch,
    place: Place,
    bound: BoundRoutine,
  ): Promise<void> {
    let error: SerializedError | undefined;
    try {
      await bound.load();
    } catch (thrown) {
      error = serializeError(thrown);
    }
    const task = numberAt(batch, place);
    // Otherwise, the host has revoked the task, and the strand executes another one.
    if (strand.loading === task) strand.loading = undefined;
    this.#at = now();
    if (error !== undefined) {
      if (this.#ring.fail(task, this.#ends + 1)) {
        this.#ends++;
        this.#outbox.push({ type: "failed", task, error });
      }
    } else if (!this.#isClosing) this.#start(strand, batch, place, bound, CLAIMED, undefined);
    this.#execute([strand]);
  }

  /** Calls the handler of a task, and ends the task at once unless there is something to await. */
  #start(
    strand: WorkerStrand,
    batch: TaskBatch,
    place: Place,
    bound: BoundRoutine,
    from: typeof QUEUED | typeof CLAIMED,
    shared: Owner | undefined,
  ): void {
    const task = numberAt(batch, place);
    const ring = this.#ring;
    this.#at = this.#flow.flushBefore(this.#at, bound.estimate);
    if (!ring.start(task, from, this.#at)) return;
    strand.startedAt = this.#at;
    this.#call(strand, batch, place, bound, shared);
  }

  /** Starts the activation to which the worker goes straight on. */
  #startNext({ strand, bound, batch }: NextActivation, shared: Owner): void {
    this.#next = undefined;
    this.#call(strand, batch, firstPlace(), bound, shared);
  }

  #call(
    strand: WorkerStrand,
    batch: TaskBatch,
    place: Place,
    bound: BoundRoutine,
    shared: Owner | undefined,
  ): void {
    const task = numberAt(batch, place);
    const ring = this.#ring;
    const payload = takePayload(batch, place);
    const slot = ring.slot(task);
    const activation = new RunningActivation(this, strand, bound, ring, batch, place);
    const isReported = bound.estimate > NOTABLE_MS;
    if (isReported) this.#report({ type: "running", task });
    const isShared = shared !== undefined && bound.isSynchronous(slot);
    const owner = isShared ? shared : new Owner();
    activation.owner = owner;
    owner.enter(activation);
    try {
      const settled = isShared
        ? callHandler(activation, slot, payload)
        : callAs(owner, callHandler, activation, slot, payload);
      // The activation may have ended by an error that it reported itself.
      if (activation.isEnded) return;
      const isSynchronous = settled === undefined && !activation.isUnsettled;
      bound.learn(slot, isSynchronous);
      if (isSynchronous) return this.#succeed(activation);
      if (!isReported) this.#flow.awaits(activation);
      this.#await(activation, settled, isShared);
    } catch (thrown) {
      if (activation.isEnded) return;
      this.#end(activation, { type: "failed", task, error: failureOf(thrown) });
    } finally {
      owner.current = undefined;
    }
  }

  /** Occupies the strand of an activation until its handler has settled. */
  #await(
    activation: RunningActivation,
    settled: PromiseLike<void> | undefined,
    isShared: boolean,
  ): void {
    const { owner, strand, task } = activation;
    owner.awaits(activation);
    strand.isBusy = true;
    this.#awaiting.set(task, activation);
    // Called outside, so that a store that the handler entered in a shared context does not affect the next
    // handlers.
    if (isShared) void callOutside(() => this.#settle(activation, settled));
    else void this.#settle(activation, settled);
  }

  /** Waits for a handler, and prepares its effects for the commit. */
  async #settle(
    activation: RunningActivation,
    settled: PromiseLike<void> | undefined,
  ): Promise<void> {
    const { task, strand } = activation;
    let failure: SerializedError | undefined;
    try {
      await settled;
      activation.close();
      if (activation.isUnsettled) await activation.settle();
    } catch (thrown) {
      failure = failureOf(thrown);
    }
    this.#at = now();
    strand.isBusy = false;
    if (!activation.isEnded) {
      this.#awaiting.delete(task);
      if (failure === undefined) this.#succeed(activation);
      else this.#end(activation, { type: "failed", task, error: failure });
    }
    this.#execute([strand]);
  }

  #succeed(activation: RunningActivation): void {
    if (!activation.hasEffects) return this.#end(activation, activation.task);
    const effects: PackedEffects = activation.take();
    if (this.#goOn(activation, effects)) return;
    this.#end(activation, effects, transferOf(effects, this.#canMove));
  }

  /**
   * Ends an activation within its task, if the worker may go straight on to the one that follows, which is the next to
   * be started.
   */
  #goOn(activation: RunningActivation, effects: PackedEffects): boolean {
    const { task, strand, bound, startedAt } = activation;
    if (bound.ways === undefined || this.#isClosing || activation.hasAsked) return false;
    // Checked first, as finding the next one copies the payload.
    if (!this.#ring.mayGoOn(task)) return false;
    const next = nextActivation(activation, effects, this.#routines);
    if (next === undefined) return false;
    const endedAt = now();
    if (endedAt - strand.startedAt > GO_ON_MS) return false;
    if (!this.#ring.goOn(task, next.bound.message.number, next.slot, endedAt)) return false;
    activation.end();
    this.#awaiting.delete(task);
    bound.measured(endedAt - startedAt);
    const step = encodeStep(effects, startedAt, endedAt);
    this.#outbox.push(step, transferOf(effects, this.#canMove));
    this.#next = next;
    this.#at = endedAt;
    return true;
  }

  /** Ends an activation. Its result is added to the outbox before its cell is set to `ENDED`. */
  #end(activation: RunningActivation, item: Item, transfer?: readonly Transferable[]): void {
    const { task, bound, startedAt } = activation;
    activation.end();
    this.#awaiting.delete(task);
    const endedAt = now();
    bound.measured(endedAt - startedAt);
    this.#outbox.push(item, transfer);
    this.#ring.end(task, endedAt, ++this.#ends);
    // The end of a task is the start of the next one, so the clock is read only once.
    this.#at = endedAt;
  }

  #abort(task: number, stage: number, reason: SerializedError): void {
    const activation = this.#awaiting.get(task);
    // The listeners of the signal are code of the handler, so they run in its context.
    if (activation?.stage === stage) {
      callAs(
        activation.owner,
        () => activation.inTrace(() => activation.abort(reviveThrown(reason))),
      );
    }
  }

  /** Aborts the awaiting handlers, and lets the modules clean up. */
  async #stop(): Promise<void> {
    this.#isClosing = true;
    const reason = new Error(`worker ${this.workerId} is about to end`);
    for (const activation of [...this.#awaiting.values()]) {
      callAs(activation.owner, () => activation.inTrace(() => activation.abort(reason)));
      activation.end();
    }
    await cleanUp(this.#routines.modules, (thrown) => {
      const error = serializeError(thrown);
      this.#outbox.push({ type: "uncaught", owner: "ended", error, at: now() });
    });
    this.#report({ type: "stopped" });
  }

  /** Reports an invalid message of the host, so that this worker is replaced. */
  #fail(error: Error): void {
    this.#isClosing = true;
    const at = now();
    this.#report({ type: "uncaught", owner: "unknown", error: serializeError(error), at });
  }

  #uncaughtItem({ task }: RunningActivation, cause: SerializedError): Item {
    const message =
      `code that this activation left running failed: ${cause.name}: ${cause.message}; await all that a handler starts`;
    const error = { name: "UncaughtError", message, cause: { error: cause } };
    return { type: "failed", task, error };
  }
}

function executeIn(
  runner: Runner,
  strands: readonly WorkerStrand[],
  shared: Owner,
): boolean {
  return runner.executeIn(strands, shared);
}

/** Calls a handler, and returns its promise, if it has to be awaited. */
function callHandler(
  activation: RunningActivation,
  slot: number,
  payload: unknown,
): PromiseLike<void> | undefined {
  if (activation.traceparent !== undefined) {
    return activation.inTrace(() =>
      settledBy(activation.bound.handle(slot, payload, activation.context))
    );
  }
  return settledBy(activation.bound.handle(slot, payload, activation.context));
}

function isTasks(message: HostMessage): message is TaskBatch {
  return Array.isArray(message);
}

function failureOf(thrown: unknown): SerializedError {
  const error = serializeError(thrown);
  return error.stack === undefined ? error : { ...error, stack: userStack(error.stack) };
}

// One attempt at an activation in the worker that executes it: gathers its effects until they are committed,
// and sends its questions to the host. `Runner` starts and ends it. The handler sees its `ActivationContext`,
// which has the methods of `ctx` and adds the effects here.

import { copyPayload } from "../data/faithful_copy.ts";
import { valueSize } from "../data/value_size.ts";
import { ActivationEndedError, RepeatMismatchError } from "../errors/activation_errors.ts";
import {
  encodeEffects,
  type PackedEffects,
  type PackedEmit,
  transferOf,
} from "../wire/packed_effects.ts";
import type { SharedTaskRing } from "../wire/shared_task_ring.ts";
import {
  committedAt,
  configAt,
  fullId,
  idAt,
  jobIdAt,
  numberAt,
  type Place,
  type SentId,
  type TaskBatch,
  traceparentAt,
} from "../wire/task_batch.ts";
import type { Found } from "../routine/found.ts";
import type { Item } from "../wire/items.ts";
import type { BindingMessage, Request } from "../wire/messages.ts";
import type { RoutineContext } from "../routine/routine_context.ts";
import type { Effects, LogWrite } from "../routine/effects.ts";
import type { BoundRoutine } from "./bound_routine.ts";
import { ActivationContext } from "./activation_context.ts";
import { EffectCounter } from "./effect_counter.ts";
import { emitDigest, type Write } from "./effect_ledger.ts";
import { fixedConfig } from "./fixed_config.ts";
import { FlushRepetition } from "./flush_repetition.ts";
import { CountedRepetition, type Repetition } from "./repetition.ts";
import { type Change, SharedDataBuffer } from "./shared_data_buffer.ts";
import type { Owner } from "./owner.ts";
import { callTraced } from "./traced_call.ts";
import type { WorkerStrand } from "./worker_strand.ts";

/** The number of parts in which a high-water mark of bytes is filled after the first flush. */
const PARTS_OF_MARK = 64;

/**
 * An executing activation. `ActivationContext` calls:
 *
 * - `permits`, `refuseInUpdate` or `read` first, which refuse calls at the wrong time.
 * - `emit`, `append`, `write` or `update` to add an effect, with a copy of its value.
 * - `ask`, `sendNow` or `flush` to send something before the end of the handler.
 *
 * `Runner` calls the others: it closes, settles, takes and ends an activation, or aborts it.
 */
export class RunningActivation {
  /** The number of the task. */
  readonly task: number;
  /** The strand on which it is executed. */
  readonly strand: WorkerStrand;
  readonly bound: BoundRoutine;
  readonly startedAt: number;
  /** The number of activations of the task that came before, from which the worker went straight on. */
  readonly stage: number;
  /** The async context in which it is executed. */
  owner!: Owner;
  /** `true` if it has ended, or was ended by the host. */
  isEnded = false;
  /** `true` if it has asked its job something. */
  hasAsked = false;
  readonly slot: string;
  readonly jobId: string;
  readonly attempt: number;
  /** The span of the attempt, if its flow is traced. */
  readonly traceparent: string | undefined;
  /** Leaves out effects that earlier attempts have committed. */
  readonly repetition: Repetition | undefined;
  /** The effects besides emits and shared data. The function `make` of a write adds to them. */
  gathered: GatheredEffects | undefined;
  readonly #host: ActivationHost;
  readonly #id: SentId;
  readonly #ownConfig: BindingMessage["config"] | undefined;
  #context: RoutineContext | undefined;
  #emits: PackedEmit[] | undefined;
  /** The size of the emits, if it is limited. */
  #bytes = 0;
  #data: SharedDataBuffer | undefined;
  #abort: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;
  #flushes: Promise<void> | undefined;
  /** `true` if the handler has returned. */
  #isClosed = false;
  /**
   * The purpose of the call while the function of an update is called: to commit its value, or only to
   * compute it.
   */
  #change: "made" | "tried" | undefined;
  /** The update whose function is being called, or was called last. */
  #updating: Write | undefined;
  #counter: EffectCounter | undefined;

  /**
   * Reads the parts of the task, which are in its batch and its cell. The batch is not referred to afterwards,
   * as it may hold the payloads of other tasks.
   *
   * @param host The services of the runner.
   * @param strand The strand on which it is executed.
   * @param bound The routine.
   * @param ring The ring, in which the task has been started.
   * @param batch The batch.
   * @param place The place of the task in the batch.
   */
  constructor(
    host: ActivationHost,
    strand: WorkerStrand,
    bound: BoundRoutine,
    ring: SharedTaskRing,
    batch: TaskBatch,
    place: Place,
  ) {
    const task = numberAt(batch, place);
    this.#host = host;
    this.strand = strand;
    this.bound = bound;
    this.startedAt = ring.startedAt(task);
    this.stage = ring.stageOf(task);
    this.task = task;
    this.slot = bound.message.slots[ring.slot(task)] as string;
    this.#id = idAt(batch, place);
    this.jobId = jobIdAt(batch, place);
    this.attempt = ring.attempt(task);
    this.traceparent = traceparentAt(batch, place);
    this.#ownConfig = configAt(batch, place);
    const committed = committedAt(batch, place);
    if (committed === undefined) return;
    this.repetition = typeof committed === "number"
      ? new FlushRepetition(committed)
      : new CountedRepetition(committed, (what) => this.#mismatch(what));
  }

  get activationId(): string {
    return fullId(this.#id);
  }

  get workerId(): string {
    return this.#host.workerId;
  }

  /** The `ctx` of the handler. */
  get context(): RoutineContext {
    return this.#context ??= new ActivationContext(this);
  }

  get flowId(): string {
    return this.bound.message.flowId;
  }

  get routineId(): string {
    return this.bound.message.routineId;
  }

  /** The config for its handler. */
  get config(): BindingMessage["config"] {
    return this.#ownConfig === undefined ? this.bound.config : fixedConfig(this.#ownConfig);
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#aborted !== undefined) this.#abort.abort(this.#aborted.reason);
    }
    return this.#abort.signal;
  }

  /**
   * Refuses an effect after the end of the handler.
   *
   * @returns `true` if the effect counts; `false` if the function of an update is called only to compute its
   * value.
   */
  permits(call: string): boolean {
    if (this.#change !== undefined) return this.#change === "made";
    if (this.#isClosed) throw this.#late(`ctx.${call}`);
    return true;
  }

  /** Refuses a call by the function of an update, or after the end of the handler. */
  refuseInUpdate(call: string): void {
    this.#refuseWithin(call);
    if (this.#isClosed) throw this.#late(`ctx.${call}`);
  }

  /** Reads a value. A read after the end of the handler rejects, as do other errors of a read. */
  read<Value>(call: string, read: () => Promise<Value>): Promise<Value> {
    this.#refuseWithin(call);
    return this.#isClosed ? Promise.reject(this.#late(`ctx.${call}`)) : quiet(read());
  }

  /** Sends a question to the job. Rejects after the end of the activation. */
  ask(request: Request, transfer?: readonly Transferable[]): Promise<unknown> {
    if (this.isEnded) return Promise.reject(this.#late("a question"));
    this.hasAsked = true;
    return this.#host.ask(this.task, request, transfer);
  }

  /** Copies a value, so that later changes to the original have no effect. */
  copy(value: unknown, what: string): unknown {
    return copyPayload(value, what, this.bound.message.checkPayloads);
  }

  /** Adds an emit. Above the high-water mark, returns a promise that flushes if it is awaited. */
  emit(emit: PackedEmit): PromiseLike<void> | undefined {
    if (this.#change !== undefined) {
      this.#counts.leaveOut(emit);
      this.#push(emit);
    } else if (this.repetition === undefined) this.#push(emit);
    else {
      const make = () => this.#push(emit);
      this.repetition.does({ kind: "emit", digest: emitDigest(emit), make });
    }
    const { highWaterMark = Infinity, highWaterBytes = Infinity } = this.bound.message;
    const uncommitted = (this.#emits?.length ?? 0) + (this.repetition?.heldEmits ?? 0);
    // An activation that has flushed before is not all or nothing any more. Large payloads are then committed one by
    // one, so that the queue does not grow by a second mark.
    const hasFlushed = this.#flushes !== undefined || this.repetition !== undefined;
    const most = hasFlushed ? highWaterBytes / PARTS_OF_MARK : highWaterBytes;
    if (uncommitted < highWaterMark && this.#bytes < most) return undefined;
    return { then: (onFulfilled, onRejected) => this.flush().then(onFulfilled, onRejected) };
  }

  /** Adds an entry of the shared log. */
  append(entry: LogWrite): void {
    const make = (isCounted: boolean) => {
      if (!isCounted) this.#counts.leaveOutLog();
      ((this.gathered ??= {}).sharedLog ??= []).push(entry);
    };
    if (this.#change !== undefined || this.repetition === undefined) {
      make(this.#change === undefined);
    } else this.repetition.does({ kind: "log", make });
  }

  /** Makes a write, unless earlier attempts have committed it. */
  write(write: Write, make: () => void): void {
    // A write by the function of an update is part of that update, and is left out together with it.
    if (this.#change !== undefined) {
      if (this.#updating !== undefined) this.#counts.part(write, this.#updating);
      return make();
    }
    if (this.repetition === undefined) return this.#makeWrite(write, make);
    this.repetition.does({ kind: "write", write, make: () => this.#makeWrite(write, make) });
  }

  /** Adds an update of the shared data. Its function is called when the handler ends or flushes. */
  update(key: string, change: Change): void {
    const write: Write = { kind: "update", key };
    const changing: Change = (value) => {
      this.#updating = write;
      return change(value);
    };
    this.write(write, () => this.data.update(key, changing));
  }

  /** The writes to the shared data. */
  get data(): SharedDataBuffer {
    return this.#data ??= new SharedDataBuffer(
      this.bound.message.checkPayloads,
      (change, value, how) => this.#call(change, value, how),
    );
  }

  /** Sends an item to the host from within the handler, as it may not return for a long time. */
  sendNow(item: Item): void {
    this.#host.sendNow(item, this.stage);
  }

  flush(): Promise<void> {
    this.refuseInUpdate("flush");
    // Flushes are made one after the other, as each may have to wait for locks.
    return this.#flushes = quiet(Promise.resolve(this.#flushes).then(() => this.#flush()));
  }

  /** Calls code of the routine, in the trace of the attempt if there is one. */
  inTrace<Result>(call: () => Result): Result {
    const { traceparent, bound: { runInTrace } } = this;
    if (traceparent === undefined || runInTrace === undefined) return call();
    return callTraced(runInTrace, traceparent, call);
  }

  /** Aborts the signal of the handler, and rejects its open questions. */
  abort(reason: unknown): void {
    this.#aborted = { reason };
    this.#abort?.abort(reason);
    // The same object that the handler sees, even if the signal created it because there was no reason.
    const { reason: seen } = this.signal;
    this.#host.endAsks(this.task, () => seen);
  }

  /** Closes the context, as the handler has returned. */
  close(): void {
    this.#isClosed = true;
  }

  /** Ends the activation, and rejects its open questions. */
  end(): void {
    this.#isClosed = true;
    this.isEnded = true;
    if (this.hasAsked) this.#host.endAsks(this.task, () => this.#late("an answer"));
  }

  /** Checks whether {@linkcode settle} has to be awaited before {@linkcode take}. */
  get isUnsettled(): boolean {
    return this.#flushes !== undefined || this.repetition !== undefined ||
      (this.#data?.unresolved.length ?? 0) > 0;
  }

  /** Prepares the effects for the commit: awaits the flushes, and makes the updates. */
  async settle(): Promise<void> {
    await this.#flushes;
    this.repetition?.ends();
    await this.#resolveUpdates();
  }

  /** Checks whether it has effects to report. */
  get hasEffects(): boolean {
    return this.#emits !== undefined || this.#data !== undefined || this.gathered !== undefined;
  }

  /** Removes the effects and returns them, for a commit. */
  take(): PackedEffects {
    const emits = this.#emits ?? [];
    const gathered = this.gathered;
    this.#emits = this.gathered = undefined;
    this.#bytes = 0;
    const sharedData = this.#data?.take();
    const parts = sharedData === undefined ? gathered : { ...gathered, sharedData };
    return encodeEffects(this.task, emits, parts);
  }

  async #flush(): Promise<void> {
    if (this.#aborted !== undefined) throw this.signal.reason;
    this.repetition?.flushes();
    await this.#resolveUpdates();
    const left = this.#data?.unresolvedUpdates ?? [];
    const committed = this.#counts.commit(
      this.#emits ?? [],
      this.gathered?.sharedLog?.length ?? 0,
      left,
    );
    const effects = this.take();
    await this.ask({ kind: "flush", effects, committed }, transferOf(effects));
  }

  /** Applies the updates to the committed values, whose keys the host locks until this activation commits. */
  async #resolveUpdates(): Promise<void> {
    const keys = this.#data?.unresolved ?? [];
    if (keys.length === 0) return;
    const committed = await this.ask({ kind: "lock", keys });
    this.#data?.resolve(committed as ReadonlyMap<string, Found>);
  }

  #push(emit: PackedEmit): void {
    // An array that begins empty allocates room for 17 elements with the first one, and most have only one.
    if (this.#emits === undefined) this.#emits = [emit];
    else this.#emits.push(emit);
    const { highWaterBytes = Infinity } = this.bound.message;
    if (highWaterBytes < Infinity) this.#bytes += valueSize(emit[1]);
  }

  #makeWrite(write: Write, make: () => void): void {
    this.#counts.write(write, this.#emits?.length ?? 0, this.gathered?.sharedLog?.length ?? 0);
    make();
  }

  get #counts(): EffectCounter {
    return this.#counter ??= new EffectCounter(this.repetition);
  }

  #mismatch(what: string): RepeatMismatchError {
    const { flowId, jobId, routineId, slot, activationId, attempt, workerId } = this;
    const place = { flowId, jobId, routineId, slot, activationId, attempt, workerId };
    return new RepeatMismatchError(
      `attempt ${attempt} at activation ${activationId} of "${routineId}" did not repeat what the flushes of earlier attempts have committed: ${what}`,
      {
        ...place,
        fix:
          "emit and write the same in each attempt, or write a checkpoint to ctx.routineState before each flush and read it before the first effect, to go on from there",
      },
    );
  }

  /** Calls the function of an update. */
  #call(change: Change, value: unknown, how: "made" | "tried"): unknown {
    this.#change = how;
    try {
      if (this.traceparent === undefined) return change(value);
      return this.inTrace(() => change(value));
    } finally {
      this.#change = undefined;
    }
  }

  /** Refuses a call by the function of an update, which is synchronous and cannot wait. */
  #refuseWithin(call: string): void {
    if (this.#change === undefined) return;
    throw new TypeError(
      `ctx.${call} was called by the function of an update, which must be synchronous; call it before the update`,
    );
  }

  #late(what: string): ActivationEndedError {
    return new ActivationEndedError(
      `${what} came after activation ${this.activationId} of "${this.routineId}" had ended; await what the handler starts`,
      { flowId: this.flowId, jobId: this.jobId, routineId: this.routineId },
    );
  }
}

/** The effects of an attempt until their commit, besides its emits and its writes to the shared data. */
export type GatheredEffects = {
  -readonly [Part in Exclude<keyof Effects, "emits" | "sharedData">]?: Growing<
    NonNullable<Effects[Part]>
  >;
};

/** A list or a record to which can be added. */
type Growing<Value> = Value extends readonly (infer Item)[] ? Item[]
  : { -readonly [Key in keyof Value]: Value[Key] };

/** The services of the runner that an activation uses. */
export interface ActivationHost {
  /** The worker's id. */
  readonly workerId: string;
  /** Sends a question to the job of a task. It is sent when the stack of the handler has ended. */
  ask(
    task: number,
    request: Request,
    transfer: readonly Transferable[] | undefined,
  ): Promise<unknown>;
  /** Rejects the open questions of a task. */
  endAsks(task: number, reasonOf: () => unknown): void;
  /**
   * Sends an item to the host: at once, or at the next stage of a task, when the stack of the handler has ended.
   */
  sendNow(item: Item, stage: number): void;
}

/** Suppresses an unhandled rejection of a promise that the handler may await later. */
function quiet<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

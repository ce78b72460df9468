import { faithfulCopy, shownCopy } from "../data/faithful_copy.ts";
import { checkId, checkText } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { hasEnded } from "../engine/job.ts";
import type { Wait } from "../engine/job_event.ts";
import { ClosedError } from "../errors/call_errors.ts";
import { FlowStartedError } from "../errors/flow_errors.ts";
import { UnknownActivationError } from "../errors/activation_errors.ts";
import { UnknownJobError } from "../errors/job_errors.ts";
import type { FlowIssue } from "../graph/flow_issue.ts";
import { type Graph, parseReference, type Reference } from "../graph/graph.ts";
import type {
  ConnectionFits,
  ConnectionMap,
  EventReference,
  FieldMap,
  NewId,
  ReferencedInput,
  Routines,
  SlotReference,
} from "../graph/references.ts";
import { Routes } from "../graph/routes.ts";
import { shapeOf } from "../graph/shape.ts";
import type { Pool } from "../pool/task.ts";
import { WorkerPool } from "../pool/worker_pool.ts";
import type { PayloadArguments } from "../routine/context.ts";
import type { NamedEvents, NamedSlots, None } from "../routine/port.ts";
import type { Routine } from "../routine/routine.ts";
import type { Sendable } from "../routine/sendable.ts";
import { MemoryStore } from "../store/memory_store.ts";
import type { Store } from "../store/store.ts";
import type { QueueLimits } from "./backpressure.ts";
import { EventFeed } from "./event_feed.ts";
import { boundOf, type EventsOptions, type EventStream } from "./events_options.ts";
import type {
  AddOptions,
  CloseOptions,
  ConnectOptions,
  ExecuteOptions,
  ExecutionStrategy,
  FlowOptions,
  RecoverOptions,
  RerunOptions,
  StartOptions,
  ValidateOptions,
  WithdrawOptions,
} from "./flow_options.ts";
import { ForgottenIds } from "./forgotten_ids.ts";
import {
  CLOSE,
  EVENTS,
  EXECUTE,
  jobIdOf,
  RECOVER,
  RERUN,
  START,
  VALIDATE,
  WITHDRAW,
} from "./flow_calls.ts";
import { FlowRunner } from "./flow_runner.ts";
import { settingsOf } from "./flow_settings.ts";
import { type FlowStatus, type OnStatus, reportOutages } from "./flow_status.ts";
import { withErrorContext } from "./with_error_context.ts";
import { JobIntake, prepareStart } from "./job_intake.ts";
import type { JobState } from "./job_state.ts";
import type { JobView } from "./job_view.ts";
import { storedJob } from "./stored_job.ts";
import { loadIssues } from "./load_issues.ts";
import { RoutineLoading } from "./routine_loading.ts";
import { storedStream } from "./stored_stream.ts";
import { Wiring } from "./wiring.ts";
import { withdrawnBy } from "./withdrawn_by.ts";

/**
 * A graph of routines and connections that jobs run through. First add routines and connect them, then
 * start jobs: the first start fixes the graph.
 *
 * @example Two routines, one flow, one job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ id: "numbers", maxWorkers: 2 })
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 *
 * const job = await flow.execute("fibonacci.n", 20);
 * console.log(job.status, job.sharedData); // completed { total: 6765 }
 * ```
 *
 * @typeParam R The routines added so far, by id; `add` keeps it.
 */
export class Flow<R extends Routines = None> implements AsyncDisposable {
  /** Carries the types; never set. */
  declare readonly types?: R;
  /** The flow's id. */
  readonly id: string;
  /** The execution strategy, sequential or concurrent. */
  readonly executionStrategy: ExecutionStrategy;
  /** The greatest number of workers that execute activations of the flow at once. */
  readonly maxWorkers: number;
  /** The greatest number of activations that execute at once, over all jobs. */
  readonly concurrency: number;
  readonly #wiring: Wiring;
  readonly #sharedPool: Pool | undefined;
  readonly #maxCrashes: number;
  readonly #countsOutages: boolean;
  readonly #store: Store;
  /** The store, if nobody else can close it. */
  readonly #ownStore: Store | undefined;
  readonly #onStatus: OnStatus;
  /** Lets the flow leave the store. */
  #opened: Disposable | undefined;
  readonly #limits: QueueLimits;
  #ownPool: Pool | undefined;
  readonly #feed: EventFeed;
  readonly #loading: RoutineLoading;
  readonly #forgotten = new ForgottenIds();
  /** `true` if the wiring was checked. */
  #isSound = false;
  /** `true` if it was paused before its first start. */
  #isPaused = false;
  #runner: FlowRunner | undefined;
  #intake: JobIntake | undefined;
  #closed: Promise<void> | undefined;

  /**
   * Makes a flow without routines. Workers start when they are needed.
   *
   * @param options The flow's id, its limit and its pool.
   * @throws {InvalidOptionError} If an option has a value that it cannot have, or is unknown.
   * @throws {UncloneableValueError} If a fallback holds what structured clone would lose.
   * @throws {StoreValueError} If a fallback holds what the store cannot keep.
   */
  constructor(options: FlowOptions = {}) {
    const settings = settingsOf(options);
    const { id, executionStrategy, maxWorkers, concurrency, maxCrashes, limits } = settings;
    this.id = id;
    this.executionStrategy = executionStrategy;
    this.maxWorkers = maxWorkers;
    this.concurrency = concurrency;
    this.#maxCrashes = maxCrashes;
    this.#countsOutages = options.countOutages ?? false;
    this.#limits = limits;
    this.#feed = new EventFeed(id);
    const { store, checkPayloads, pool, onStatus = reportOutages(id) } = settings.options;
    this.#ownStore = store === undefined ? new MemoryStore() : undefined;
    this.#store = store ?? this.#ownStore as Store;
    this.#onStatus = onStatus;
    const { highWaterMark } = limits;
    this.#wiring = withErrorContext(
      { flowId: id },
      () => new Wiring(id, settings.options, { checkPayloads, highWaterMark }, this.#store),
    );
    this.#sharedPool = pool;
    this.#loading = new RoutineLoading(() => this.#pool, this.#wiring.bindings);
  }

  /** The routines and connections: a copy, to show or to draw. */
  get graph(): Graph {
    return this.#wiring.copy();
  }

  /**
   * Checks whether the flow executes its jobs, is paused or closed, or is halted as its store
   * fails.
   */
  get status(): FlowStatus {
    if (this.#closed !== undefined) return "closed";
    return this.#runner?.status ?? (this.#isPaused ? "paused" : "running");
  }

  /** The reason why nothing can be stored at the moment, while the flow is halted. */
  get error(): Error | undefined {
    return this.#runner?.error;
  }

  /**
   * The jobs of the flow that run in this process, and those that have ended, by id, in the order in
   * which they were started. Ended ones stay as long as the store's retention says; those of a durable
   * store are not in memory but read when they are asked for, also those of earlier processes. Once the
   * flow is closed, only the last few of those are there.
   */
  get jobs(): ReadonlyMap<string, JobState> {
    return this.#runner?.jobs ?? new Map();
  }

  /**
   * The job of an id, also if the store has it from an earlier process. One that is unfinished there is
   * only to be read until `recover` takes it over, and waits for its end reject.
   *
   * @throws {InvalidOptionError} If the id is no text.
   * @throws {ClosedError} If the flow is closed.
   */
  job(jobId: string): JobState | undefined {
    this.#checkOpen();
    return this.#find(checkText("jobId", jobId));
  }

  /**
   * Adds a routine under an id of its own. The same routine can be added several times.
   *
   * @param id The id, without a dot.
   * @param routine The routine.
   * @param options What to change in its config, and what to do when it fails.
   * @returns This flow, which now knows the routine: chain the calls, or keep what they return.
   * @throws {InvalidOptionError} If an option has a value that it cannot have, or is unknown.
   * @throws {UncloneableValueError} If the config or a fallback holds what structured clone would lose.
   * @throws {StoreValueError} If a fallback holds what the store cannot keep.
   * @throws {FlowStartedError} If a job was started already.
   * @throws {ClosedError} If the flow is closed.
   */
  add<const Id extends string, S extends NamedSlots<S>, E extends NamedEvents<E>, C extends object>(
    id: Id & NewId<R, Id>,
    routine: Routine<S, E, C>,
    options: AddOptions<C, NoInfer<E>> = {},
  ): Flow<R & { readonly [Key in Id]: Routine<S, E, C> }> {
    this.#checkChangeable(`add "${id}"`);
    const place = { flowId: this.id, routineId: id };
    // The compiler has checked that the fallbacks fit; the wiring looks at their events again.
    withErrorContext(
      place,
      () => this.#wiring.add(id, routine, options as AddOptions<object, object>),
    );
    return this as unknown as Flow<R & { readonly [Key in Id]: Routine<S, E, C> }>;
  }

  /**
   * Wires an event to a slot. Both can have any number of connections, to each other as well if their
   * maps differ; a payload that does not fit the slot does not compile.
   *
   * @param from The event, as `routine.event`.
   * @param to The slot, as `routine.slot`.
   * @param options Fields to rename on the way.
   * @returns This flow.
   * @throws {InvalidOptionError} If an option has a value that it cannot have, or is unknown.
   * @throws {FlowStartedError} If a job was started already.
   * @throws {ClosedError} If the flow is closed.
   */
  connect<
    From extends EventReference<R>,
    To extends SlotReference<R>,
    const Map extends FieldMap = None,
  >(
    from: From,
    to: To & ConnectionFits<R, From, To, Map>,
    options: ConnectOptions<Map & ConnectionMap<R, From, To, Map>> = {},
  ): this {
    this.#checkChangeable(`connect "${from}" to "${to}"`);
    withErrorContext({ flowId: this.id }, () => this.#wiring.connect(from, to, options));
    return this;
  }

  /**
   * Finds all that is wrong with the flow at once: its wiring, and, in a worker, whether each routine
   * is found where a worker will look for it.
   *
   * @param options Slots that jobs will start at.
   * @returns What is wrong, each with its place and a fix; nothing if all is well.
   * @throws {ClosedError} If the flow is closed.
   */
  async validate<Entry extends SlotReference<R>>(
    options: ValidateOptions<Entry> = {},
  ): Promise<FlowIssue[]> {
    this.#checkOpen();
    const { entries } = this.#checked("validate", options as ValidateOptions, VALIDATE);
    const issues = this.#wiring.issues(entries);
    return [...issues, ...loadIssues(await this.#loading.inWorkers(1))];
  }

  /**
   * Starts all workers that the flow may use and loads its routines in each, so that no job has to
   * wait for that.
   *
   * @throws {ModuleLoadError} If a routine's module does not load.
   * @throws {RoutineNotExportedError} If a routine is not an export of its module.
   * @throws {ClosedError} If the flow is closed.
   */
  async preload(): Promise<void> {
    this.#checkOpen();
    const [error] = await this.#loading.inWorkers(this.#width.maxWorkers);
    if (error !== undefined) throw error;
  }

  /**
   * Starts a job and returns at once. What fails it shows in its `status` and `error`.
   *
   * @param entry The slot at which it starts, as `routine.slot`.
   * @param args The payload, then options.
   * @returns The job, running.
   * @throws {FlowValidationError} If the flow's wiring is wrong.
   * @throws {UnknownSlotError} If there is no such slot.
   * @throws {InvalidOptionError} If an option has a value that it cannot have, or is unknown.
   * @throws {DuplicateJobError} If the flow, or another of the same store, already has a job of that
   * id; with a durable store, if that has another entry or payload.
   * @throws {QueueFullError} If as many activations are queued as `maxQueued` allows.
   * @throws {UncloneableValueError} If the payload holds what structured clone would lose.
   * @throws {StoreValueError} If the payload is larger than the store keeps, or holds what it cannot keep.
   * @throws {StoreError} If the store cannot be written.
   * @throws {ClosedError} If the flow or its pool is closed.
   */
  start<Entry extends SlotReference<R>>(
    entry: Entry,
    ...args: PayloadArguments<ReferencedInput<R, Entry>, StartOptions>
  ): JobState {
    this.#checkOpen();
    const [payload, options] = args as [unknown, StartOptions?];
    this.#checkEntry(entry);
    const checked = this.#checked("start", options, START, parseReference(entry));
    return this.#jobIntake.start(prepareStart(this.#store, this.id, entry, payload, checked));
  }

  /**
   * Starts a job and waits until it has ended, however it ends: look at `status` and `error` then. The
   * first call loads every routine in a worker before the job starts.
   *
   * @param entry The slot at which it starts, as `routine.slot`.
   * @param args The payload, then options.
   * @returns The job, ended. It rejects with all that `start` throws.
   * @throws {ModuleLoadError} If a routine's module does not load.
   * @throws {RoutineNotExportedError} If a routine is not an export of its module.
   */
  async execute<Entry extends SlotReference<R>>(
    entry: Entry,
    ...args: PayloadArguments<ReferencedInput<R, Entry>, ExecuteOptions>
  ): Promise<JobState> {
    this.#checkOpen();
    this.#checkEntry(entry);
    const [payload, options] = args as [unknown, ExecuteOptions?];
    const checked = this.#checked("execute", options, EXECUTE, parseReference(entry));
    const prepared = prepareStart(this.#store, this.id, entry, payload, checked);
    const runner = this.#run();
    await this.#loading.once();
    // Another start may have been faster, so it is looked at again.
    while (checked.whenFull === "wait" && !runner.hasRoomForJob) {
      await runner.roomForJob(prepared.signal);
    }
    this.#checkOpen();
    prepared.signal?.throwIfAborted();
    return await this.#jobIntake.start(prepared).waitForCompletion();
  }

  /**
   * Resolves when fewer activations are queued than `maxQueued`, so that another job can be started.
   *
   * @throws {ClosedError} If the flow is closed, or is closed before there is room.
   */
  async whenCapacity(): Promise<void> {
    this.#checkOpen();
    await this.#run().roomForJob();
    this.#checkOpen();
  }

  /**
   * Takes over the jobs that an earlier process left unfinished in the store. What was committed is not
   * executed again; what was not, is.
   *
   * @param options What to do with jobs whose flow was wired otherwise.
   * @returns The jobs that go on.
   * @throws {InvalidOptionError} If an option has a value that it cannot have, or is unknown.
   * @throws {FlowValidationError} If the flow's wiring is wrong.
   * @throws {FlowChangedError} If the flow was wired otherwise when a job started; none goes on then.
   * @throws {StoreError} If the store cannot be read or written.
   * @throws {ClosedError} If the flow is closed.
   */
  // Async for stores that need to be.
  // deno-lint-ignore require-await
  async recover(options?: RecoverOptions): Promise<JobState[]> {
    this.#checkOpen();
    const checked = this.#checked("recover", options, RECOVER);
    this.#checkWiring();
    return this.#jobIntake.recover(checked);
  }

  /**
   * Starts a new job with all that another had committed before an activation ended, and executes that
   * activation and the rest: a failure after an hour of work does not cost the hour. The rest is all that
   * had not ended by then, also what failed the other job and what was held back in it. The new job has
   * times of its own; the records of what it took over have those of the other.
   *
   * @param job The other job or its id.
   * @param options The activation to begin with, and the new job's id, timeout and signal.
   * @returns The new job.
   * @throws {InvalidOptionError} If an option has a value that it cannot have, or is unknown.
   * @throws {UnknownJobError} If there is no such job.
   * @throws {UnknownActivationError} If the job has no such activation, or the retention of the store has
   * let go of what it takes to execute it again.
   * @throws {DuplicateJobError} If the flow already has a job of the new id.
   * @throws {UncloneableValueError} If the payload of what is to be executed was moved to a worker.
   * @throws {ClosedError} If the flow is closed.
   */
  // Async for stores that need to be.
  // deno-lint-ignore require-await
  async rerun(job: string | JobState, options: RerunOptions): Promise<JobState> {
    this.#checkOpen();
    const checked = this.#checked("rerun", options, RERUN);
    const jobId = this.#idOf(job);
    withErrorContext({ flowId: this.id, jobId }, () => checkText("from", checked.from));
    this.#checkWiring();
    return this.#jobIntake.rerun(jobId, checked);
  }

  /**
   * Resolves when all that has happened so far is stored.
   *
   * @throws {StoreError} If it cannot be stored.
   * @throws {ClosedError} If the flow is closed.
   */
  // Async for stores that need to be.
  // deno-lint-ignore require-await
  async flush(): Promise<void> {
    this.#checkOpen();
    const runner = this.#run();
    runner.flush();
    if (runner.error !== undefined) throw runner.error;
  }

  /**
   * Pauses a job, or the whole flow: what executes goes on to its end, nothing new starts. A job that
   * has ended is left as it is, also by `resume`, `cancel`, `signal` and `withdraw`.
   *
   * @param job The job or its id; without it, all jobs and those to come.
   * @throws {InvalidOptionError} If what names the job, or another argument, is of the wrong type.
   * @throws {UnknownJobError} If it is not a job of this flow, or not yet: see `recover`.
   * @throws {ClosedError} If the flow is closed.
   */
  pause(job?: string | JobState): void {
    this.#checkOpen();
    const one = job === undefined ? undefined : this.#own(job).job;
    if (this.#runner !== undefined) this.#runner.pause(one);
    else if (one === undefined) this.#isPaused = true;
  }

  /**
   * Resumes a paused job, or the whole flow: it goes on exactly where it was.
   *
   * @param job The job or its id; without it, all that was paused with the flow, also by an earlier
   * process.
   * @throws {InvalidOptionError} If what names the job, or another argument, is of the wrong type.
   * @throws {UnknownJobError} If it is not a job of this flow, or not yet: see `recover`.
   * @throws {ClosedError} If the flow is closed.
   */
  resume(job?: string | JobState): void {
    this.#checkOpen();
    const one = job === undefined ? undefined : this.#own(job).job;
    if (this.#runner !== undefined) this.#runner.resume(one);
    else if (one === undefined) this.#isPaused = false;
  }

  /**
   * Cancels a job: what is queued is dropped, what executes sees `ctx.signal` abort and is given up if
   * it goes on. The job has ended when nothing of it executes any more; other jobs are not touched.
   *
   * @param job The job or its id.
   * @param reason The reason: part of the message of its error, and its `cause` if it is an error itself.
   * @returns The job.
   * @throws {InvalidOptionError} If what names the job, or another argument, is of the wrong type.
   * @throws {UnknownJobError} If it is not a job of this flow, or not yet: see `recover`.
   * @throws {ClosedError} If the flow is closed.
   */
  cancel(job: string | JobState, reason?: unknown): JobState {
    this.#checkOpen();
    const view = this.#own(job);
    this.#runner?.cancel(view.job, reason);
    return view;
  }

  /**
   * Cancels one activation: its job goes on without it.
   *
   * @param job The job or its id.
   * @param activationId The activation.
   * @param reason Why.
   * @throws {InvalidOptionError} If what names the job, or another argument, is of the wrong type.
   * @throws {UnknownJobError} If it is not a job of this flow, or not yet: see `recover`.
   * @throws {UnknownActivationError} If the job has no such activation, or it has ended.
   * @throws {ClosedError} If the flow is closed.
   */
  cancelActivation(job: string | JobState, activationId: string, reason?: unknown): void {
    this.#checkOpen();
    const { job: own, jobId } = this.#own(job);
    withErrorContext({ flowId: this.id, jobId }, () => checkText("activationId", activationId));
    if (this.#runner?.cancelActivation(own, activationId, reason)) return;
    throw new UnknownActivationError(
      `job "${jobId}" has no activation "${activationId}" that has not ended; job.executing and job.executionHistory list them`,
      { flowId: this.id, jobId, activationId },
    );
  }

  /**
   * Sends a signal to a job, for a routine that waits for it by `ctx.waitFor`, or will.
   *
   * @param job The job or its id.
   * @param signal The signal's name.
   * @param payload What to deliver.
   * @throws {InvalidOptionError} If what names the job, or another argument, is of the wrong type.
   * @throws {UnknownJobError} If it is not a job of this flow, or not yet: see `recover`.
   * @throws {UncloneableValueError} If the payload holds what structured clone would lose.
   * @throws {StoreValueError} If the payload is larger than the store keeps, or holds what it cannot keep.
   * @throws {ClosedError} If the flow is closed.
   */
  signal<P>(job: string | JobState, signal: string, payload?: P & Sendable<P>): void {
    this.#checkOpen();
    const { job: own, jobId } = this.#own(job);
    withErrorContext({ flowId: this.id, jobId }, () => checkId("signal", signal));
    const copy = faithfulCopy(payload, "payload");
    this.#store.assertStorable?.(copy, "payload");
    this.#runner?.signal(own, signal, copy);
  }

  /**
   * Withdraws waits of a job that nobody will answer, as one of two signals of which the other came. It
   * is no failure: no policy applies, nothing is delivered, and the job's other waits go on, also those
   * of the same activation. A job of which nothing else is left completes, even if it is paused. A signal
   * that comes later is stored for the next wait for it.
   *
   * @param job The job or its id.
   * @param options The wait, or the signal that is waited for, and why.
   * @returns The waits that were withdrawn; none, if they have been answered, have expired, or have not
   * begun yet.
   * @throws {InvalidOptionError} If neither a wait nor a signal is named, or both.
   * @throws {UnknownJobError} If it is not a job of this flow, or not yet: see `recover`.
   * @throws {ClosedError} If the flow is closed.
   */
  withdraw(job: string | JobState, options: WithdrawOptions): Wait[] {
    this.#checkOpen();
    const checked = this.#checked("withdraw", options, WITHDRAW);
    const { job: own } = this.#own(job);
    const waits = withdrawnBy(own, checked);
    this.#runner?.withdraw(own, waits.map(({ waitId }) => waitId), checked.reason);
    return shownCopy(waits);
  }

  /**
   * Iterates over JobEvents, each at once when it is stored, until the flow is closed: over those of all
   * jobs from now on, or over those of one job, which end with it. Of a job that has ended, they come
   * from the store. Leave the loop when you have seen enough, as what is unread takes memory.
   *
   * @param options One job alone, where to begin, how much may be unread, and a signal to end.
   * @throws {InvalidOptionError} If an option has a value that it cannot have, or is unknown.
   * @throws {StoreError} If what is stored cannot be read.
   * @throws {ClosedError} If the flow is closed.
   */
  events(options: EventsOptions = {}): EventStream {
    this.#checkOpen();
    const checked = this.#checked("events", options, EVENTS);
    const bound = boundOf(checked);
    const { jobId, after, signal } = checked;
    const isLive = jobId === undefined || this.#runner?.isRunning(jobId) === true;
    const kept = jobId === undefined || isLive && after === undefined
      ? undefined
      : storedStream(this.#store, this.id, jobId, after ?? 0);
    const hasEnded = !isLive && (kept?.hasEnded ?? this.#forgotten.has(jobId));
    const stored = hasEnded || after !== undefined ? kept?.events ?? [] : [];
    return this.#feed.read({ jobId, after: after ?? 0, stored, signal }, bound, hasEnded);
  }

  /**
   * Ends the flow: its jobs, as `options` says, and its workers. A pool and a store that it was given
   * stay open for others; it does not matter whether they are closed before or after it.
   *
   * @param options What becomes of jobs that have not ended.
   * @throws {InvalidOptionError} If an option has a value that it cannot have; it stays open then.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const checked = this.#checked("close", options, CLOSE);
    await (this.#closed ??= this.#close(checked));
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close({ jobs = this.#store.isDurable ? "keep" : "cancel" }: CloseOptions): Promise<void> {
    const reason = new ClosedError(`flow "${this.id}"`, { flowId: this.id });
    if (jobs === "keep") await this.#runner?.leave(reason);
    else await this.#runner?.close(reason);
    if (this.#opened !== undefined) this.#opened[Symbol.dispose]();
    else this.#store.rest?.();
    await this.#ownPool?.close();
    this.#feed.close();
    this.#ownStore?.close();
  }

  /** The limits on what executes at once. */
  get #width(): { readonly maxWorkers: number; readonly concurrency: number } {
    if (this.executionStrategy === "sequential") return { maxWorkers: 1, concurrency: 1 };
    const { maxWorkers, concurrency } = this;
    return { maxWorkers, concurrency };
  }

  get #pool(): Pool {
    return this.#sharedPool ?? (this.#ownPool ??= new WorkerPool(this.#width));
  }

  /** The runner, made when first needed: from then on the graph cannot change. */
  #run(): FlowRunner {
    if (this.#runner !== undefined) return this.#runner;
    const rules = {
      routes: new Routes(this.graph),
      policies: this.#wiring.policies,
      maxCrashes: this.#maxCrashes,
      isSequential: this.executionStrategy === "sequential",
      maxErrors: this.#store.retention?.events,
      countsOutages: this.#countsOutages,
    };
    const shape = { flowId: this.id, lines: shapeOf(this.graph) };
    const store = this.#store;
    this.#opened = store.open(shape, (jobId) => {
      this.#forgotten.add(jobId);
      this.#runner?.forget(jobId);
    });
    this.#runner = new FlowRunner({
      flowId: this.id,
      bindings: this.#wiring.bindings,
      rules,
      ...this.#width,
      pool: this.#pool,
      store,
      limits: this.#limits,
      onStatus: this.#onStatus,
      feed: this.#feed,
    });
    if (this.#isPaused) this.#runner.pause(undefined);
    this.#intake = new JobIntake(this.#runner, store, shape);
    return this.#runner;
  }

  get #jobIntake(): JobIntake {
    this.#run();
    return this.#intake as JobIntake;
  }

  #checkWiring(entry?: string): void {
    if (!this.#isSound) this.#wiring.check(entry);
    // Until the first start the wiring can change.
    this.#isSound = this.#runner !== undefined;
  }

  /** Refuses a wiring that cannot work, and an entry that there is not. */
  #checkEntry(entry: string): void {
    withErrorContext({ flowId: this.id }, () => checkText("entry", entry));
    this.#checkWiring(entry);
    this.#wiring.checkEntry(entry);
  }

  #checkChangeable(change: string): void {
    this.#checkOpen();
    if (this.#runner === undefined) return;
    throw new FlowStartedError(
      `flow "${this.id}" cannot ${change} once it has started; put the flow together before the first start`,
      { flowId: this.id },
    );
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) {
      throw new ClosedError(`flow "${this.id}"`, { flowId: this.id });
    }
  }

  #idOf(job: string | JobState): string {
    return withErrorContext({ flowId: this.id }, () => jobIdOf(job));
  }

  /** The options of a call, checked. */
  #checked<Options extends object>(
    call: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
    { routineId, port }: Partial<Reference> = {},
  ): Options {
    const place = { flowId: this.id, routineId, slot: port };
    return withErrorContext(place, () => checkOptions(`flow.${call}`, options, checks));
  }

  #find(jobId: string): JobView | undefined {
    if (this.#runner === undefined) return storedJob(this.#store, this.id, jobId);
    return this.#runner.jobs.find(jobId);
  }

  /** The job that something is asked of: it runs here, or has ended and nothing becomes of it. */
  #own(job: string | JobState): JobView {
    const jobId = this.#idOf(job);
    const view = this.#find(jobId);
    const isOwn = view !== undefined &&
      (hasEnded(view.job) || this.#runner?.jobs.heldOne(jobId) !== undefined);
    if (isOwn) return view;
    throw new UnknownJobError(this.id, jobId, view !== undefined);
  }
}

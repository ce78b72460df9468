// The public class `Flow`: checks each call by the phase of the flow, builds the graph, and passes calls on to
// the parts that the first start creates: `JobIntake` for new jobs, `JobCalls` for running ones, and `FlowRunner`
// for the flow itself. Nothing here decides about jobs.

import { faithfulCopy, shownCopy } from "../data/faithful_copy.ts";
import { checkId, checkText } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { type FlowStats, flowStats } from "../engine/flow_stats.ts";
import { hasEnded } from "../engine/job.ts";
import type { Wait } from "../engine/job_event.ts";
import { ClosedError } from "../errors/call_errors.ts";
import { FlowStartedError } from "../errors/flow_errors.ts";
import { UnknownActivationError } from "../errors/activation_errors.ts";
import { UnknownJobError } from "../errors/job_errors.ts";
import type { Place } from "../errors/place.ts";
import type { FlowIssue } from "../graph/flow_issue.ts";
import type { Graph, Reference } from "../graph/graph.ts";
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
import type { PayloadArguments } from "../routine/routine_context.ts";
import type { NamedEvents, NamedSlots, None, SlotInputs } from "../routine/port.ts";
import type { Routine } from "../routine/routine.ts";
import type { Sendable } from "../routine/sendable.ts";
import { MemoryStore } from "../store/memory_store.ts";
import type { Store } from "../store/store.ts";
import type { AddOptions } from "./add_options.ts";
import { beginRunning, closeStore } from "./begin_running.ts";
import { EventFeed } from "./event_feed.ts";
import { FEED, type FeedOptions, prepareFeed } from "./feed_options.ts";
import { checkSource, type FeedSource } from "./feed_source.ts";
import { boundOf, type EventsOptions, type EventStream } from "./events_options.ts";
import type {
  CloseOptions,
  ConnectOptions,
  ExecutionStrategy,
  FlowOptions,
  RecoverOptions,
  RerunOptions,
  ValidateOptions,
  WithdrawOptions,
} from "./flow_options.ts";
import { ForgottenIds } from "./forgotten_ids.ts";
import { CLOSE, EVENTS, jobIdOf, RECOVER, RERUN, VALIDATE, WITHDRAW } from "./flow_calls.ts";
import { type Assembling, assembling, type FlowPhase, type Running } from "./flow_phase.ts";
import { FlowPool } from "./flow_pool.ts";
import type { FlowRunner } from "./flow_runner.ts";
import { type FlowSettings, settingsOf } from "./flow_settings.ts";
import { type FlowStatus, reportOutages } from "./flow_status.ts";
import { withErrorContext } from "./with_error_context.ts";
import type { JobState } from "./job_state.ts";
import { JobTable } from "./job_table.ts";
import type { JobView } from "./job_view.ts";
import { storedJob } from "./stored_job.ts";
import { loadIssues } from "./load_issues.ts";
import { RoutineLoading } from "./routine_loading.ts";
import {
  EXECUTE,
  type ExecuteOptions,
  prepareStart,
  START,
  type StartOptions,
} from "./start_options.ts";
import { StatusReport } from "./status_report.ts";
import { StepControl } from "./step_control.ts";
import type { Stepping } from "./stepping.ts";
import { storedStream } from "./stored_stream.ts";
import { Wiring } from "./wiring.ts";
import { withdrawnBy } from "./withdrawn_by.ts";

/**
 * A graph of routines and connections through which jobs run. First add routines and connect them, then start
 * jobs. The graph cannot change after the first start.
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
 * @typeParam R The routines added so far, by id; `add` extends it.
 */
export class Flow<R extends Routines = None> implements AsyncDisposable {
  /** Carries the types; never set. */
  declare readonly types?: R;
  /** The flow's id. */
  readonly id: string;
  /** The execution strategy, sequential or concurrent. */
  readonly executionStrategy: ExecutionStrategy;
  /** The maximum number of workers that execute activations of the flow at once; 1 if it is sequential. */
  readonly maxWorkers: number;
  /** The maximum number of activations that execute at once, in all jobs together; 1 if it is sequential. */
  readonly concurrency: number;
  readonly #settings: FlowSettings;
  readonly #wiring: Wiring;
  readonly #pool: FlowPool;
  readonly #store: Store;
  /** The store, if the flow created it and has to close it. */
  readonly #ownStore: Store | undefined;
  readonly #status: StatusReport;
  readonly #feed: EventFeed;
  readonly #loading: RoutineLoading;
  readonly #steps: StepControl;
  readonly #forgotten = new ForgottenIds();
  /** The jobs in the store, while the flow does not run. */
  #stored: JobTable | undefined;
  #phase: FlowPhase = assembling();

  /**
   * Creates a flow without routines. Workers are started on demand.
   *
   * @param options The options of the flow, such as its id, limits, pool and store.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   * @throws {UncloneableValueError} If structured clone would lose a part of a fallback.
   * @throws {StoreValueError} If the store cannot persist a fallback.
   */
  constructor(options: FlowOptions = {}) {
    const settings = settingsOf(options);
    const { id, executionStrategy, maxWorkers, concurrency } = settings;
    this.id = id;
    this.executionStrategy = executionStrategy;
    this.maxWorkers = maxWorkers;
    this.concurrency = concurrency;
    this.#settings = settings;
    this.#feed = new EventFeed(id);
    const { store, checkPayloads, pool, tracing, onStatus = reportOutages(id) } = settings.options;
    this.#ownStore = store === undefined ? new MemoryStore() : undefined;
    this.#store = store ?? this.#ownStore as Store;
    this.#status = new StatusReport(onStatus);
    const { highWaterMark, highWaterBytes } = settings.limits;
    const traceModule = tracing?.workerModule;
    const worker = { checkPayloads, highWaterMark, highWaterBytes, traceModule };
    this.#wiring = withErrorContext(
      { flowId: id },
      () => new Wiring(id, settings.options, worker, this.#store),
    );
    this.#steps = new StepControl(id, this.#wiring.bindings);
    this.#pool = new FlowPool(pool, settings);
    this.#loading = new RoutineLoading(() => this.#pool.get(), this.#wiring.bindings);
  }

  /** A copy of the routines and connections, for display. */
  get graph(): Graph {
    return this.#wiring.copy();
  }

  /** The status of the flow: running, paused, closed, or halted because its store fails. */
  get status(): FlowStatus {
    const phase = this.#phase;
    if (phase.name === "running") return phase.runner.status;
    if (phase.name === "closed") return "closed";
    return phase.isPaused ? "paused" : "running";
  }

  /** The breakpoints of the flow, and the jobs that are stopped at them. */
  get stepping(): Stepping {
    return this.#steps;
  }

  /**
   * Returns the present numbers of the flow: activations that are queued, execute, and wait for a time or a limit, by
   * routine and by limit. Passes through all activations that have not ended, so it takes milliseconds if there are
   * hundreds of thousands. All numbers are 0 before the first start, and once the flow is closed.
   */
  stats(): FlowStats {
    const phase = this.#phase;
    if (phase.name === "running") return phase.runner.stats();
    return flowStats(this.#wiring.bindings.keys(), [], [], 0);
  }

  /** The error of the store, while the flow is halted. */
  get error(): Error | undefined {
    return this.#runner?.error;
  }

  /**
   * The jobs of the flow that run in this process, and those that have ended, by id, in the order in which
   * they were started. Ended jobs stay as long as the retention of the store allows. With a durable store,
   * they are read on demand, including those of earlier processes; once the flow is closed, only the few
   * latest of them are available.
   */
  get jobs(): ReadonlyMap<string, JobState> {
    if (this.#runner !== undefined) return this.#runner.jobs;
    // Before the first start, a durable store may have jobs of earlier processes.
    if (this.#phase.name === "closed") return new Map();
    return this.#stored ??= new JobTable(this.#store, this.id);
  }

  /**
   * Returns the job with an id, including jobs that the store has from an earlier process. An unfinished job
   * of an earlier process can only be read until `recover` takes it over; waiting for its end rejects.
   *
   * @throws {InvalidOptionError} If the id is not a string.
   * @throws {ClosedError} If the flow is closed.
   */
  job(jobId: string): JobState | undefined {
    this.#checkOpen();
    return this.#find(checkText("jobId", jobId));
  }

  /**
   * Adds a routine under an id. The same routine can be added several times, under different ids.
   *
   * @param id The id, without a dot.
   * @param routine The routine.
   * @param options Changes to the routine's config, and the policy for its failures.
   * @returns This flow, with a type that includes the routine: chain the calls, or use the returned flow.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   * @throws {UncloneableValueError} If structured clone would lose a part of the config or of a fallback.
   * @throws {StoreValueError} If the store cannot persist a fallback.
   * @throws {FlowStartedError} If the flow has started a job.
   * @throws {ClosedError} If the flow is closed.
   */
  add<const Id extends string, S extends NamedSlots<S>, E extends NamedEvents<E>, C extends object>(
    id: Id & NewId<R, Id>,
    routine: Routine<S, E, C>,
    options: AddOptions<C, NoInfer<E>, SlotInputs<NoInfer<S>>> = {},
  ): Flow<R & { readonly [Key in Id]: Routine<S, E, C> }> {
    this.#checkChangeable(`add "${id}"`);
    const place = { flowId: this.id, routineId: id };
    // The compiler has checked the types of the fallbacks; the wiring checks their events at run time.
    withErrorContext(
      place,
      () => this.#wiring.add(id, routine, options as AddOptions<object, object>),
    );
    return this as unknown as Flow<R & { readonly [Key in Id]: Routine<S, E, C> }>;
  }

  /**
   * Connects an event to a slot. Both can have any number of connections, including several between the same
   * two if their maps differ. A payload that does not fit the slot is a compile-time error.
   *
   * @param from The event, as `routine.event`.
   * @param to The slot, as `routine.slot`.
   * @param options The fields to rename.
   * @returns This flow.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   * @throws {FlowStartedError} If the flow has started a job.
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
   * Finds all faults of the flow: those of its wiring, and routines that a worker cannot load or find in
   * their modules.
   *
   * @param options The slots at which jobs will start.
   * @returns The faults, each with its place and a fix; empty if there are none.
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
   * Starts all workers that the flow may use and loads its routines in each, so that no job waits for that.
   *
   * @throws {ModuleLoadError} If a routine's module does not load.
   * @throws {RoutineNotExportedError} If a routine is not exported by its module.
   * @throws {ClosedError} If the flow is closed.
   */
  async preload(): Promise<void> {
    this.#checkOpen();
    const [error] = await this.#loading.inWorkers(this.maxWorkers);
    if (error !== undefined) throw error;
  }

  /**
   * Starts a job and returns at once. If the job fails, its `status` and `error` report that.
   *
   * @param entry The slot at which the job starts, as `routine.slot`.
   * @param args The payload, followed by options.
   * @returns The job, running.
   * @throws {FlowValidationError} If the flow's wiring is invalid.
   * @throws {UnknownSlotError} If the flow has no such slot.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   * @throws {DuplicateJobError} If this or another flow of the store already has a job with the id. With a
   * durable store, a job of this flow is returned instead if it has the same entry and payload.
   * @throws {QueueFullError} If the number of queued activations has reached `maxQueued`.
   * @throws {UncloneableValueError} If structured clone would lose a part of the payload.
   * @throws {StoreValueError} If the store cannot persist the payload, or limits it to a smaller size.
   * @throws {StoreError} If the store cannot be written.
   * @throws {ClosedError} If the flow or its pool is closed.
   */
  start<Entry extends SlotReference<R>>(
    entry: Entry,
    ...args: PayloadArguments<ReferencedInput<R, Entry>, StartOptions>
  ): JobState {
    this.#checkOpen();
    const [payload, options] = args as [unknown, StartOptions?];
    const place = this.#checkEntry(entry);
    const checked = this.#checked("start", options, START, place);
    const prepared = prepareStart(this.#store, this.id, place, payload, checked, false);
    return this.#run().intake.start(prepared);
  }

  /**
   * Starts a job and waits until it has ended, in any way: check its `status` and `error`. The first call
   * loads every routine in a worker before the job starts.
   *
   * @param entry The slot at which the job starts, as `routine.slot`.
   * @param args The payload, followed by options.
   * @returns The job, which has ended. Rejects with all errors that `start` throws.
   * @throws {ModuleLoadError} If a routine's module does not load.
   * @throws {RoutineNotExportedError} If a routine is not exported by its module.
   */
  async execute<Entry extends SlotReference<R>>(
    entry: Entry,
    ...args: PayloadArguments<ReferencedInput<R, Entry>, ExecuteOptions>
  ): Promise<JobState> {
    this.#checkOpen();
    const place = this.#checkEntry(entry);
    const [payload, options] = args as [unknown, ExecuteOptions?];
    const checked = this.#checked("execute", options, EXECUTE, place);
    const prepared = prepareStart(this.#store, this.id, place, payload, checked, true);
    const { intake } = this.#run();
    await this.#loading.once();
    return await intake.execute(prepared, () => this.#checkOpen());
  }

  /**
   * Starts one job whose payloads come from an iterable, and returns at once. Each item is delivered to the slot,
   * as an activation of the job. The host takes an item only while the queue of the job is below its
   * `highWaterMark`, and that of the flow below `maxQueued`, so that a long source takes little memory; no worker
   * waits for it. It takes turns with the callers that wait for room in the flow. Nothing is taken while the job is
   * paused or its store cannot be written, and only the first item before the job has begun. The job ends when the
   * iterable has ended and nothing is left.
   *
   * If the iterable throws, or an item cannot be sent or stored, the job fails with a `FeedError`. If the job ends
   * before, or the flow is closed, the iterator's `return` is called once.
   *
   * With a durable store, the number of items that were taken is stored together with the activations that they
   * queued. After a restart, `recover` takes the job over, and the same call with its `jobId` goes on after these
   * items; without `recover`, the call takes the job over as well. A source that is a function is asked for the
   * rest. Feeding a job that takes no more items returns it, and does not look at the source.
   *
   * @example Two thousand numbers, of which at most a hundred are queued at a time
   * ```ts
   * import { Flow } from "@millrace/flow";
   * import { fibonacci } from "../../examples/fibonacci.ts";
   *
   * function* numbers() {
   *   for (let i = 0; i < 2_000; i++) yield i % 20;
   * }
   * await using flow = new Flow({ maxWorkers: 1, highWaterMark: 100 }).add("fibonacci", fibonacci);
   * const job = await flow.feed("fibonacci.n", numbers()).waitForCompletion();
   * console.log(job.status, job.feed?.taken); // completed 2000
   * ```
   *
   * @example Going on after a restart
   * ```ts
   * import type { Flow, Routine, Slot } from "@millrace/flow";
   *
   * type Crawler = { fetch: Routine<{ url: Slot<string> }> };
   *
   * function crawl(flow: Flow<Crawler>, urls: readonly string[]) {
   *   return flow.feed("fetch.url", (taken) => urls.slice(taken), { jobId: "crawl" });
   * }
   * ```
   *
   * @param entry The slot at which the items are delivered, as `routine.slot`.
   * @param source The items: a sync or async iterable, or a function that returns one.
   * @param options The job's id, timeout, priority and group, and a signal that cancels it.
   * @returns The job.
   * @throws {FlowValidationError} If the flow's wiring is invalid.
   * @throws {UnknownSlotError} If the flow has no such slot.
   * @throws {InvalidOptionError} If the source is no iterable, or an option has an invalid value, or is unknown.
   * @throws {DuplicateFeedError} If the job is being fed already, or the source is an iterator that was fed before.
   * @throws {DuplicateJobError} If this or another flow of the store already has another job with the id.
   * @throws {FlowChangedError} If the flow was wired differently when the job with the id started.
   * @throws {StoreError} If the store cannot be written.
   * @throws {ClosedError} If the flow or its pool is closed.
   */
  feed<Entry extends SlotReference<R>>(
    entry: Entry,
    source: FeedSource<ReferencedInput<R, Entry>>,
    options: FeedOptions = {},
  ): JobState {
    this.#checkOpen();
    const place = this.#checkEntry(entry);
    const checked = this.#checked("feed", options, FEED, place);
    withErrorContext(this.#placeOf(place), () => checkSource(source));
    return this.#run().intake.feed(prepareFeed(place, checked), source);
  }

  /**
   * Resolves when the number of queued activations is below `maxQueued`, so that another job can be started.
   *
   * @throws {ClosedError} If the flow is closed, or is closed during the wait.
   */
  async whenCapacity(): Promise<void> {
    this.#checkOpen();
    // Before the first start, nothing is queued, and creating the runner would fix the graph.
    await this.#runner?.backpressure.roomForJob();
    this.#checkOpen();
  }

  /**
   * Takes over the jobs that an earlier process left unfinished in the store. Activations that have committed
   * are not executed again; all others are.
   *
   * @param options The treatment of jobs that were started when the flow was wired differently.
   * @returns The jobs that were taken over.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   * @throws {FlowValidationError} If the flow's wiring is invalid.
   * @throws {FlowChangedError} If the flow was wired differently when one of the jobs started; no job is
   * taken over then.
   * @throws {UnreadableJobsError} If the records of some jobs are damaged; the other jobs are taken over.
   * @throws {StoreError} If the store cannot be read or written.
   * @throws {ClosedError} If the flow is closed.
   */
  async recover(options?: RecoverOptions): Promise<JobState[]> {
    this.#checkOpen();
    const checked = this.#checked("recover", options, RECOVER);
    this.#checkWiring();
    return await this.#run().intake.recover(checked);
  }

  /**
   * Starts a new job from the history of another one up to the end of an activation, and executes that
   * activation again. All commits before that point are taken over, so the work until then is not repeated.
   * All activations that had not ended by then are executed as well, including the one that failed the other
   * job and those that were held back. The new job has its own times; records that were taken over have the
   * times of the other job. If more items of a feed followed, the new job waits for `flow.feed` with its id.
   *
   * @param job The other job or its id.
   * @param options The activation to execute again, and the new job's id, timeout and signal.
   * @returns The new job.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   * @throws {UnknownJobError} If the flow has no such job.
   * @throws {UnknownActivationError} If the job has no such activation, or the retention of the store has
   * dropped the events or payloads that are needed to execute it again.
   * @throws {DuplicateJobError} If the store already has a job with the new id.
   * @throws {UncloneableValueError} If the payload of an activation that has to be executed was moved to a
   * worker.
   * @throws {ClosedError} If the flow is closed.
   */
  async rerun(job: string | JobState, options: RerunOptions): Promise<JobState> {
    this.#checkOpen();
    const checked = this.#checked("rerun", options, RERUN);
    const jobId = this.#idOf(job);
    withErrorContext({ flowId: this.id, jobId }, () => checkText("from", checked.from));
    this.#checkWiring();
    return await this.#run().intake.rerun(jobId, checked);
  }

  /**
   * Resolves when all JobEvents so far are stored.
   *
   * @throws {StoreError} If they cannot be stored.
   * @throws {ClosedError} If the flow is closed.
   */
  async flush(): Promise<void> {
    this.#checkOpen();
    // Before the first start, there is nothing to store, and creating the runner would fix the graph.
    await this.#runner?.drained();
    if (this.error !== undefined) throw this.error;
  }

  /**
   * Pauses a job or the whole flow: executing activations run to their end, and no other activation begins. A
   * call for a job that has ended has no effect; the same holds for `resume`, `cancel`, `signal` and
   * `withdraw`.
   *
   * @param job The job or its id; if omitted, all current and future jobs.
   * @throws {InvalidOptionError} If the job, or another argument, has the wrong type.
   * @throws {UnknownJobError} If the flow has no such job, or has not taken it over yet: see `recover`.
   * @throws {ClosedError} If the flow is closed.
   */
  pause(job?: string | JobState): void {
    const phase = this.#checkOpen();
    const one = job === undefined ? undefined : this.#own(job).job;
    if (phase.name === "running") phase.runner.calls.pause(one);
    else if (one === undefined) this.#pauseStarts(true);
  }

  /**
   * Resumes a paused job or the whole flow, which goes on exactly where it was paused.
   *
   * @param job The job or its id; if omitted, all jobs that were paused with the flow, also by an earlier
   * process.
   * @throws {InvalidOptionError} If the job, or another argument, has the wrong type.
   * @throws {UnknownJobError} If the flow has no such job, or has not taken it over yet: see `recover`.
   * @throws {ClosedError} If the flow is closed.
   */
  resume(job?: string | JobState): void {
    const phase = this.#checkOpen();
    const one = job === undefined ? undefined : this.#own(job).job;
    if (phase.name === "running") phase.runner.calls.resume(one);
    else if (one === undefined) this.#pauseStarts(false);
  }

  /**
   * Cancels a job: queued activations are dropped, and `ctx.signal` aborts in executing ones, which are
   * terminated if they do not stop. The job has ended when none of its activations executes any more. Other
   * jobs are not affected.
   *
   * @param job The job or its id.
   * @param reason The reason. It becomes part of the message of the job's error, and its `cause` if it is an
   * object.
   * @returns The job.
   * @throws {InvalidOptionError} If the job, or another argument, has the wrong type.
   * @throws {UnknownJobError} If the flow has no such job, or has not taken it over yet: see `recover`.
   * @throws {ClosedError} If the flow is closed.
   */
  cancel(job: string | JobState, reason?: unknown): JobState {
    this.#checkOpen();
    const view = this.#own(job);
    this.#runner?.calls.cancel(view.job, reason);
    return view;
  }

  /**
   * Cancels one activation. Its job goes on without it.
   *
   * @param job The job or its id.
   * @param activationId The activation.
   * @param reason The reason, for the error of the activation.
   * @throws {InvalidOptionError} If the job, or another argument, has the wrong type.
   * @throws {UnknownJobError} If the flow has no such job, or has not taken it over yet: see `recover`.
   * @throws {UnknownActivationError} If the job has no such activation, or the activation has ended.
   * @throws {ClosedError} If the flow is closed.
   */
  cancelActivation(job: string | JobState, activationId: string, reason?: unknown): void {
    this.#checkOpen();
    const { job: own, jobId } = this.#own(job);
    withErrorContext({ flowId: this.id, jobId }, () => checkText("activationId", activationId));
    if (this.#runner?.calls.cancelActivation(own, activationId, reason)) return;
    throw new UnknownActivationError(
      `job "${jobId}" has no activation "${activationId}" that has not ended; job.executing and job.executionHistory list them`,
      { flowId: this.id, jobId, activationId },
    );
  }

  /**
   * Sends a signal to a job, for a routine that waits, or will wait, for it with `ctx.waitFor`.
   *
   * @param job The job or its id.
   * @param signal The signal's name.
   * @param payload The payload to deliver.
   * @throws {InvalidOptionError} If the job, or another argument, has the wrong type.
   * @throws {UnknownJobError} If the flow has no such job, or has not taken it over yet: see `recover`.
   * @throws {UncloneableValueError} If structured clone would lose a part of the payload.
   * @throws {StoreValueError} If the store cannot persist the payload, or limits it to a smaller size.
   * @throws {ClosedError} If the flow is closed.
   */
  signal<P>(job: string | JobState, signal: string, payload?: P & Sendable<P>): void {
    this.#checkOpen();
    const { job: own, jobId } = this.#own(job);
    withErrorContext({ flowId: this.id, jobId }, () => checkId("signal", signal));
    const copy = faithfulCopy(payload, "payload");
    this.#store.assertStorable?.(copy, "payload");
    this.#runner?.calls.signal(own, signal, copy);
  }

  /**
   * Withdraws waits of a job for signals that will not be sent, such as the other one of two alternatives.
   * That is no failure: no policy is applied, nothing is delivered, and the other waits of the job go on,
   * including those of the same activation. If nothing else of the job is left, it completes, even if it is
   * paused. A signal that is sent later is stored for the next wait for it.
   *
   * @param job The job or its id.
   * @param options The wait, or the signal of the waits, and the reason.
   * @returns The waits that were withdrawn; empty if they have ended, or have not begun yet.
   * @throws {InvalidOptionError} If neither `waitId` nor `signal` is given, or both are.
   * @throws {UnknownJobError} If the flow has no such job, or has not taken it over yet: see `recover`.
   * @throws {ClosedError} If the flow is closed.
   */
  withdraw(job: string | JobState, options: WithdrawOptions): Wait[] {
    this.#checkOpen();
    const checked = this.#checked("withdraw", options, WITHDRAW);
    const { job: own } = this.#own(job);
    const waits = withdrawnBy(own, checked);
    this.#runner?.calls.withdraw(own, waits.map(({ waitId }) => waitId), checked.reason);
    return shownCopy(waits);
  }

  /**
   * Iterates over JobEvents as they are stored: those of all jobs until the flow is closed, or those of one
   * job until it ends. The events of a job that has ended are read from the store. Leave the loop when no
   * more events are needed, as unread events take memory.
   *
   * @param options The job, the start, the limit on unread events, and a signal that ends the iteration.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   * @throws {StoreError} If the stored events cannot be read.
   * @throws {ClosedError} If the flow is closed.
   */
  events(options: EventsOptions = {}): EventStream {
    this.#checkOpen();
    const checked = this.#checked("events", options, EVENTS);
    const bound = boundOf(checked);
    const { jobId, after = 0, signal } = checked;
    const isLive = jobId !== undefined && this.#runner?.isRunning(jobId) === true;
    const source = { store: this.#store, flowId: this.id, forgotten: this.#forgotten, isLive };
    const { events: stored, hasEnded } = storedStream(checked, source);
    return this.#feed.read({ jobId, after, stored, signal }, bound, hasEnded);
  }

  /**
   * Closes the flow, its jobs according to `options`, and its own workers. A pool and a store from the
   * options stay open, and may be closed before or after the flow.
   *
   * @param options The treatment of jobs that have not ended.
   * @throws {InvalidOptionError} If an option has an invalid value; the flow stays open then.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const checked = this.#checked("close", options, CLOSE);
    const phase = this.#phase;
    const closed = phase.name === "closed"
      ? phase
      : { name: "closed", runner: phase.runner, ended: this.#close(checked, phase) } as const;
    this.#phase = closed;
    await closed.ended;
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(
    { jobs = this.#store.isDurable ? "keep" : "cancel" }: CloseOptions,
    phase: Assembling | Running,
  ): Promise<void> {
    const reason = new ClosedError(`flow "${this.id}"`, { flowId: this.id });
    if (phase.name === "assembling") this.#status.update("closed", undefined);
    try {
      if (jobs === "keep") await phase.runner?.leave(reason);
      else await phase.runner?.close(reason);
      if (phase.name === "running") await closeStore(phase.opened);
      else this.#store.rest?.();
    } finally {
      await this.#pool.close();
      this.#feed.close();
      await this.#ownStore?.close();
    }
  }

  /** Pauses or resumes a flow that has not started a job yet. */
  #pauseStarts(isPaused: boolean): void {
    this.#phase = assembling(isPaused);
    this.#status.update(this.status, undefined);
  }

  /** Returns the running phase, which the first call begins. */
  #run(): Running {
    const phase = this.#checkOpen();
    if (phase.name === "running") return phase;
    const running = beginRunning(phase, {
      settings: this.#settings,
      wiring: this.#wiring,
      pool: this.#pool.get(),
      store: this.#store,
      status: this.#status,
      feed: this.#feed,
      steps: this.#steps,
      forgotten: this.#forgotten,
    });
    this.#phase = running;
    return running;
  }

  get #runner(): FlowRunner | undefined {
    return this.#phase.runner;
  }

  /** Refuses an invalid wiring. Once the flow runs, its wiring is sound and cannot change. */
  #checkWiring(): void {
    if (this.#phase.name === "assembling") this.#wiring.check();
  }

  /** Refuses an invalid wiring, and an entry that does not exist. */
  #checkEntry(entry: string): Reference {
    withErrorContext({ flowId: this.id }, () => checkText("entry", entry));
    this.#checkWiring();
    return this.#wiring.entry(entry);
  }

  #checkChangeable(change: string): void {
    if (this.#checkOpen().name === "assembling") return;
    throw new FlowStartedError(
      `flow "${this.id}" cannot ${change} once it has started; assemble the flow before the first start`,
      { flowId: this.id },
    );
  }

  /** Returns the phase, unless the flow is closed. */
  #checkOpen(): Assembling | Running {
    const phase = this.#phase;
    if (phase.name !== "closed") return phase;
    throw new ClosedError(`flow "${this.id}"`, { flowId: this.id });
  }

  #idOf(job: string | JobState): string {
    return withErrorContext({ flowId: this.id }, () => jobIdOf(job));
  }

  /** Checks the options of a call and returns them. */
  #checked<Options extends object>(
    call: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
    place: Partial<Reference> = {},
  ): Options {
    return withErrorContext(
      this.#placeOf(place),
      () => checkOptions(`flow.${call}`, options, checks),
    );
  }

  #placeOf({ routineId, port: slot }: Partial<Reference>): Place {
    return { flowId: this.id, routineId, slot };
  }

  #find(jobId: string): JobView | undefined {
    if (this.#runner === undefined) return storedJob(this.#store, this.id, jobId);
    return this.#runner.jobs.find(jobId);
  }

  /** Returns the job of a call: one that runs in this process, or one that has ended. */
  #own(job: string | JobState): JobView {
    const jobId = this.#idOf(job);
    const view = this.#find(jobId);
    const isOwn = view !== undefined &&
      (hasEnded(view.job) || this.#runner?.jobs.heldOne(jobId) !== undefined);
    if (isOwn) return view;
    throw new UnknownJobError(this.id, jobId, view !== undefined);
  }
}

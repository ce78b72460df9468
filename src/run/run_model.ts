// Folds the JobEvents of all jobs of a flow into the numbers that views show. `RunFollower` feeds it from a source.
// The cost of an event does not depend on the number of jobs, and the memory is bounded: ended jobs beyond a maximum
// are dropped from the list, while their numbers remain in the totals.

import { statusChangeOf } from "../engine/event_table.ts";
import type {
  ActivationCompleted,
  ActivationEventBase,
  ActivationFlushed,
  ActivationRetrying,
  ActivationStarted,
  Execution,
  Failure,
  JobEvent,
} from "../engine/job_event.ts";
import type { JobStatus } from "../engine/job.ts";
import { statusAfter } from "../engine/status_after.ts";
import { ActivationStates } from "./activation_states.ts";
import { hasOpen, STATE } from "./counts.ts";
import { EndRate } from "./end_rate.ts";
import { errorSnapshot } from "./error_place.ts";
import { FailureGroups } from "./failure_groups.ts";
import { ancestorsOf, type GraphShape } from "./graph_shape.ts";
import { listJobs } from "./list_jobs.ts";
import type { JobPage, JobQuery } from "./job_query.ts";
import { JOB_STATUSES } from "./job_statuses.ts";
import { JobTallies } from "./job_tallies.ts";
import { createdAtOf, JobTally } from "./job_tally.ts";
import { OpenJobs } from "./open_jobs.ts";
import { progressOf } from "./progress_of.ts";
import type { RoutineTally } from "./routine_tally.ts";
import type { JobRow, RunSnapshot } from "./run_snapshot.ts";
import { WorkerTallies } from "./worker_tallies.ts";

/** The number of jobs in each list of a snapshot. */
const MAX_LISTED = 10;

/** The numbers of a run: the fold of the JobEvents of all its jobs. */
export class RunModel {
  /** The number of events that were folded, which grows with each change. */
  version = 0;
  readonly #ancestors: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #jobs: JobTallies;
  readonly #open = new OpenJobs();
  readonly #workers = new WorkerTallies();
  readonly #failures = new FailureGroups();
  readonly #failed: JobTally[] = [];
  readonly #rate = new EndRate();
  readonly #states = new ActivationStates();
  readonly #statuses = Object.fromEntries(JOB_STATUSES.map((status) => [status, 0])) as Record<
    JobStatus,
    number
  >;
  #since: number | undefined;
  #endedJobs = 0;

  constructor(options: RunModelOptions) {
    this.#jobs = new JobTallies(options.maxEndedJobs ?? 10_000);
    const { routines, connections } = options.graph;
    for (const { routineId } of routines) this.#states.routine(routineId);
    for (const { from, event, to, slot } of connections) {
      this.#states.routine(from).connect(event, to, slot);
    }
    this.#ancestors = ancestorsOf(options.graph);
  }

  /** Returns the number of the last event of a job that was folded; 0 for an unknown job. */
  seqOf(jobId: string): number {
    return this.#jobs.get(jobId)?.seq ?? 0;
  }

  /**
   * Folds an event, unless it was folded before.
   *
   * @returns `false` if earlier events of the job are missing; nothing is folded then, unless `allowsGap`.
   */
  fold(event: JobEvent, allowsGap = false): boolean {
    let job = this.#jobs.get(event.jobId);
    if (job === undefined) {
      if (this.#jobs.wasDropped(event)) return true;
    } else if (event.type === "job_started" && createdAtOf(event) !== job.createdAt) {
      // The id of a deleted job is used again.
      this.#remove(job);
      job = undefined;
    }
    const known = job?.seq ?? 0;
    if (event.seq <= known) return true;
    if (event.seq > known + 1 && !allowsGap) return false;
    job ??= this.#add(event);
    job.seq = event.seq;
    this.version++;
    // Events that a rerun has copied are older than the job.
    const at = Math.max(event.at, job.createdAt);
    if (this.#since === undefined || at < this.#since) this.#since = at;
    this.#fold(job, event);
    return true;
  }

  /**
   * Returns the numbers at a moment.
   *
   * @param moment The state of the flow.
   * @param expectedJobs The number of jobs that are expected in all, for estimates.
   */
  snapshot(moment: RunMoment, expectedJobs?: number): RunSnapshot {
    const { at } = moment;
    const routines = [...this.#states.routines.values()];
    const executing = this.#states.executing.byWorker();
    const rowOf = this.#rowMaker();
    return {
      ...moment,
      since: this.#since,
      jobs: { ...this.#statuses },
      expectedJobs,
      totals: this.#states.totals(),
      rate: this.#since === undefined ? 0 : this.#rate.perSecond(at, this.#since),
      eta: this.#etaOfJobs(at, expectedJobs),
      routines: routines.map((routine) => routine.snapshot(this.#etaOf(routine, at, expectedJobs))),
      connections: routines.flatMap((routine) => routine.connections()),
      workers: this.#workers.list(executing),
      workersBusy: executing.size,
      workersLost: this.#workers.lost,
      longestJobs: this.#open.longest(MAX_LISTED).map(rowOf),
      failedJobs: this.#failed.map(rowOf),
      failures: this.#failures.list(),
    };
  }

  /** Returns the jobs that match, newest first. */
  rows(query: JobQuery): JobPage {
    return listJobs(this.#jobs.all, query, this.#rowMaker());
  }

  /** Returns a job; `undefined` if it is not in the list. */
  row(jobId: string): JobRow | undefined {
    const job = this.#jobs.get(jobId);
    return job && this.#rowMaker()(job);
  }

  #rowMaker(): (job: JobTally) => JobRow {
    const routines = this.#states.executing.routinesByJob();
    return (job) => job.row(routines.get(job.jobId) ?? []);
  }

  #add(first: JobEvent): JobTally {
    const job = new JobTally(first, this.#states.routines.size);
    this.#jobs.add(job);
    this.#open.add(job);
    this.#statuses[job.status]++;
    return job;
  }

  /** Removes a job from the list. If it has not ended, nothing of it is open any more. */
  #remove(job: JobTally): void {
    this.#jobs.remove(job);
    if (!this.#open.remove(job)) return;
    this.#states.forgetOpen(job);
    this.#statuses[job.status]--;
  }

  #fold(job: JobTally, event: JobEvent): void {
    switch (event.type) {
      case "job_started":
        if (event.activation !== undefined) {
          this.#states.queued(job, [event.activation], undefined);
        }
        if (event.feed !== undefined) this.#states.feedBegun(job, event.feed);
        return this.#statusChanged(job, event);
      case "feed_taken":
        return this.#states.queued(job, event.queued, undefined);
      case "feed_ended":
        return this.#states.feedEnded(job);
      case "activation_started":
        if (job.status === "pending") this.#statusChanged(job, event);
        return this.#begun(job, event);
      case "activation_progressed": {
        const data = progressOf(event.routineId, event.data);
        job.progress = { activationId: event.activationId, data };
        return;
      }
      case "activation_flushed":
        return this.#committed(job, event, this.#states.routine(event.routineId));
      case "activation_completed":
        return this.#committed(job, event, this.#ended(job, event, STATE.completed, event));
      case "activation_retrying":
        return this.#retrying(job, event);
      case "activation_failed":
      case "activation_skipped": {
        this.#failedAttempt(job, event);
        const state = event.type === "activation_failed" ? STATE.failed : STATE.skipped;
        const routine = this.#ended(job, event, state, event.execution);
        return this.#states.queued(job, event.queued, routine);
      }
      case "activation_cancelled":
        this.#ended(job, event, STATE.cancelled, event.execution);
        return;
      case "signal_delivered":
        this.#states.waitEnded(job, event.waitId);
        return this.#states.queued(job, [event.activation], undefined);
      case "wait_renewed":
        return this.#states.waitRetried(job, event.wait);
      case "wait_expired":
        if (!job.isCopy) this.#failures.add({ ...event, activationId: event.waitId }, event.error);
        job.error = errorSnapshot(event.error, event.routineId);
        this.#states.waitEnded(job, event.waitId);
        return this.#states.queued(job, event.queued, this.#states.routine(event.routineId));
      case "wait_withdrawn":
        return this.#states.waitEnded(job, event.wait.waitId);
      case "job_resumed":
        this.#states.release(job);
        return this.#statusChanged(job, event);
      case "job_recovered":
        this.#states.requeue(job);
        if (job.isStopping) return this.#drop(job, event.at);
        if (!event.fresh) return;
        this.#states.release(job);
        job.startedAt = undefined;
        // The older job may have been a rerun as well.
        if (event.at >= job.createdAt) job.isCopy = false;
        return this.#statusChanged(job, event);
      case "job_left":
        return this.#states.requeue(job);
      case "job_stopping":
        job.isStopping = true;
        job.error = errorSnapshot(event.error, job.error?.routineId);
        return this.#drop(job, event.at);
      case "job_paused":
        return this.#statusChanged(job, event);
      case "job_completed":
      case "job_failed":
      case "job_cancelled":
        this.#statusChanged(job, event);
        return this.#jobEnded(job, event.at);
      case "signal_received":
      case "job_stalled":
        return;
      default:
        event satisfies never;
    }
  }

  #committed(
    job: JobTally,
    { queued, waits }: ActivationCompleted | ActivationFlushed,
    routine: RoutineTally,
  ): void {
    this.#states.queued(job, queued, routine);
    this.#states.waitsBegun(job, waits);
  }

  #begun(job: JobTally, event: ActivationStarted): void {
    const routine = this.#states.begun(job, event);
    if (job.isCopy) return;
    routine.firstAt ??= event.at;
    this.#workers.begins(event.workerId);
  }

  #retrying(job: JobTally, event: ActivationRetrying): void {
    this.#failedAttempt(job, event);
    this.#executed(job, this.#states.retried(job, event), event.execution);
  }

  #failedAttempt(job: JobTally, event: Extract<JobEvent, Failure>): void {
    job.error = errorSnapshot(event.error, event.routineId);
    if (job.isCopy) return;
    this.#failures.add(event, event.error);
    if (!event.crashed) return;
    const workerId = event.execution?.workerId ??
      this.#states.executing.workerOf(event.activationId);
    if (workerId !== undefined) this.#workers.crashed(workerId);
  }

  #ended(
    job: JobTally,
    event: ActivationEventBase,
    state: number,
    execution: Execution | undefined,
  ): RoutineTally {
    const routine = this.#states.ended(job, event, state);
    this.#executed(job, routine, execution);
    if (job.progress?.activationId === event.activationId) job.progress = undefined;
    if (!job.isCopy) this.#rate.add(event.at);
    return routine;
  }

  #executed(job: JobTally, routine: RoutineTally, execution: Execution | undefined): void {
    if (execution === undefined || job.isCopy) return;
    const { workerId, startedAt, endedAt } = execution;
    routine.durations.add(endedAt - startedAt);
    this.#workers.executed(workerId, endedAt - startedAt);
  }

  /** Counts the activations that a job drops when it stops. */
  #drop(job: JobTally, at: number): void {
    const dropped = this.#states.drop(job);
    if (dropped > 0) this.#rate.add(at, dropped);
  }

  #statusChanged(job: JobTally, event: JobEvent): void {
    const change = statusChangeOf(event);
    if (change === "running" || change === "begun") job.startedAt ??= event.at;
    const status = statusAfter(job.status, job.startedAt !== undefined, change);
    this.#statuses[job.status]--;
    this.#statuses[status]++;
    job.status = status;
  }

  #jobEnded(job: JobTally, at: number): void {
    job.endedAt = at;
    job.progress = undefined;
    this.#states.forgetOpen(job);
    this.#open.remove(job);
    this.#endedJobs++;
    if (job.status === "failed") {
      this.#failed.unshift(job);
      if (this.#failed.length > MAX_LISTED) this.#failed.pop();
    }
    this.#jobs.ended(job);
  }

  /**
   * Estimates the rest of a routine by the pace so far, if no routine before it, and no job that is still to come,
   * can emit more, and no feed is open.
   */
  #etaOf(routine: RoutineTally, at: number, expectedJobs = 0): number | undefined {
    const { counts, durations, firstAt } = routine;
    const left = (counts[STATE.queued] ?? 0) + (counts[STATE.executing] ?? 0);
    if (left === 0 || firstAt === undefined || durations.count === 0) return undefined;
    if (this.#endedJobs + this.#open.size < expectedJobs || routine.feeds > 0) return undefined;
    for (const before of this.#ancestors.get(routine.routineId) ?? []) {
      const { counts, feeds } = this.#states.routine(before);
      if (feeds > 0 || hasOpen(counts)) return undefined;
    }
    return left * (at - firstAt) / durations.count;
  }

  #etaOfJobs(at: number, expectedJobs: number | undefined): number | undefined {
    if (expectedJobs === undefined || this.#since === undefined || this.#endedJobs === 0) {
      return undefined;
    }
    const left = expectedJobs - this.#endedJobs;
    if (left <= 0) return undefined;
    return left * (at - this.#since) / this.#endedJobs;
  }
}

/** Options of a `RunModel`. */
export interface RunModelOptions {
  /** The graph of the flow, whose routines are listed from the start. */
  readonly graph: GraphShape;
  /** The maximum number of ended jobs that stay in the list; the oldest are dropped. The default is 10,000. */
  readonly maxEndedJobs?: number | undefined;
}

/** The state of the flow at the time of a snapshot, which is not part of its JobEvents. */
export type RunMoment = Pick<
  RunSnapshot,
  "flowId" | "status" | "at" | "maxWorkers" | "concurrency"
>;

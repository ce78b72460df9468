// Folds the JobEvents of all jobs of a flow into the numbers that views show. `RunFollower` feeds it from a source.
// The cost of an event does not depend on the number of jobs, and the memory is bounded: ended jobs beyond a maximum
// are dropped from the list, while their numbers remain in the totals.

import { Fifo } from "../data/fifo.ts";
import { changeOf, type EventChange } from "../engine/event_table.ts";
import type {
  Activation,
  ActivationEventBase,
  ActivationStarted,
  Failure,
  JobEvent,
  Wait,
} from "../engine/job_event.ts";
import type { JobStatus } from "../engine/job.ts";
import { isEndStatus } from "../engine/is_end_status.ts";
import { statusAfter } from "../engine/status_after.ts";
import { count, type Counts, hasOpen, namedCounts, noCounts, STATE } from "./counts.ts";
import { EndRate } from "./end_rate.ts";
import { errorSnapshot } from "./error_place.ts";
import { FailureGroups } from "./failure_groups.ts";
import { ancestorsOf, type GraphShape } from "./graph_shape.ts";
import { listJobs } from "./list_jobs.ts";
import type { JobPage, JobQuery } from "./job_query.ts";
import { JobTally, type OpenActivation } from "./job_tally.ts";
import { progressOf } from "./progress_of.ts";
import { RoutineTally } from "./routine_tally.ts";
import type { JobRow, RunSnapshot } from "./run_snapshot.ts";
import { WorkerTallies } from "./worker_tallies.ts";

/** The number of jobs in each list of a snapshot. */
const MAX_LISTED = 10;

/** The number of running jobs among which the longest are looked for. */
const MAX_SCANNED = 1_000;

/** The numbers of a run: the fold of the JobEvents of all its jobs. */
export class RunModel {
  /** The number of events that were folded, which grows with each change. */
  version = 0;
  readonly #options: RunModelOptions;
  readonly #ancestors: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #jobs = new Map<string, JobTally>();
  /** The jobs that have not ended, oldest first. */
  readonly #running = new Map<string, JobTally>();
  /** The ended jobs in the list, in the order of their ends. */
  readonly #endedOnes = new Fifo<JobTally>();
  readonly #routines = new Map<string, RoutineTally>();
  readonly #workers = new WorkerTallies();
  readonly #failures = new FailureGroups();
  readonly #failed: JobTally[] = [];
  readonly #rate = new EndRate();
  readonly #totals: Counts = noCounts();
  readonly #statuses: Record<JobStatus, number> = {
    pending: 0,
    running: 0,
    paused: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
  };
  #since: number | undefined;
  #endedJobs = 0;

  constructor(options: RunModelOptions) {
    this.#options = options;
    const { routines, connections } = options.graph;
    for (const { routineId } of routines) this.#routine(routineId);
    for (const { from, event, to, slot } of connections) {
      this.#routine(from).connect(event, to, slot);
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
    const known = job?.seq ?? 0;
    if (event.seq <= known) return true;
    if (event.seq > known + 1 && !allowsGap) return false;
    job ??= this.#add(event);
    job.seq = event.seq;
    this.version++;
    if (this.#since === undefined || event.at < this.#since) this.#since = event.at;
    this.#fold(job, event);
    const change = changeOf(event);
    if (change.execution !== undefined) this.#executed(event as ActivationEventBase, change);
    if (change.status !== undefined) this.#statusChanged(job, event, change);
    return true;
  }

  /** Returns the numbers at a moment. */
  snapshot(moment: RunMoment): RunSnapshot {
    const { at } = moment;
    const routines = [...this.#routines.values()];
    return {
      ...moment,
      since: this.#since,
      jobs: { ...this.#statuses },
      expectedJobs: this.#options.expectedJobs,
      totals: namedCounts(this.#totals),
      rate: this.#since === undefined ? 0 : this.#rate.perSecond(at, this.#since),
      eta: this.#etaOfJobs(at),
      routines: routines.map((routine) => routine.snapshot(this.#etaOf(routine, at))),
      connections: routines.flatMap((routine) => routine.connections()),
      workers: this.#workers.list(),
      workersBusy: this.#workers.busy,
      workersLost: this.#workers.lost,
      longestJobs: this.#longest(),
      failedJobs: this.#failed.map((job) => job.row()),
      failures: this.#failures.list(),
    };
  }

  /** Returns the jobs that match, newest first. */
  rows(query: JobQuery): JobPage {
    return listJobs(this.#jobs, query);
  }

  /** Returns a job; `undefined` if it is not in the list. */
  row(jobId: string): JobRow | undefined {
    return this.#jobs.get(jobId)?.row();
  }

  #add(first: JobEvent): JobTally {
    const job = new JobTally(first);
    this.#jobs.set(job.jobId, job);
    this.#running.set(job.jobId, job);
    this.#statuses[job.status]++;
    return job;
  }

  #fold(job: JobTally, event: JobEvent): void {
    switch (event.type) {
      case "job_started":
        return this.#queued(job, [event.activation], undefined);
      case "activation_started":
        return this.#begun(job, event);
      case "activation_progressed": {
        const data = progressOf(event.routineId, event.data);
        job.progress = { activationId: event.activationId, data };
        return;
      }
      case "activation_flushed":
        this.#queued(job, event.queued, event.routineId);
        return this.#waitsBegun(job, event.waits);
      case "activation_completed":
        this.#ended(job, event, STATE.completed);
        this.#queued(job, event.queued, event.routineId);
        return this.#waitsBegun(job, event.waits);
      case "activation_retrying": {
        this.#failedAttempt(job, event);
        const routine = this.#routine(event.routineId);
        this.#count(job, routine, STATE.retried, 1);
        const one = job.open.get(event.activationId);
        if (one !== undefined) this.#move(job, event.activationId, one, STATE.queued);
        return;
      }
      case "activation_failed":
      case "activation_skipped":
        this.#failedAttempt(job, event);
        this.#ended(job, event, event.type === "activation_failed" ? STATE.failed : STATE.skipped);
        return this.#queued(job, event.queued, event.routineId);
      case "activation_cancelled":
        return this.#ended(job, event, STATE.cancelled);
      case "signal_delivered":
        this.#waitEnded(job, event.waitId);
        return this.#queued(job, [event.activation], undefined);
      case "wait_renewed":
        return this.#count(job, this.#routine(event.wait.routineId), STATE.retried, 1);
      case "wait_expired":
        this.#failures.add({ ...event, activationId: event.waitId }, event.error);
        job.error = errorSnapshot(event.error, event.routineId);
        this.#waitEnded(job, event.waitId);
        return this.#queued(job, event.queued, event.routineId);
      case "wait_withdrawn":
        return this.#waitEnded(job, event.wait.waitId);
      case "job_resumed":
        return this.#moveAll(job, STATE.held, STATE.queued);
      case "job_recovered":
        this.#moveAll(job, STATE.executing, STATE.queued);
        if (job.isStopping) return this.#drop(job, event.at);
        if (event.fresh) this.#moveAll(job, STATE.held, STATE.queued);
        return;
      case "job_left":
        return this.#moveAll(job, STATE.executing, STATE.queued);
      case "job_stopping":
        job.isStopping = true;
        job.error = errorSnapshot(event.error, job.error?.routineId);
        return this.#drop(job, event.at);
      case "signal_received":
      case "job_paused":
      case "job_stalled":
      case "job_completed":
      case "job_failed":
      case "job_cancelled":
        return;
      default:
        event satisfies never;
    }
  }

  #queued(job: JobTally, activations: readonly Activation[], from: string | undefined): void {
    for (const { activationId, routineId, slot, event, held } of activations) {
      const routine = this.#routine(routineId);
      const state = held ? STATE.held : STATE.queued;
      job.open.set(activationId, { routine, state, workerId: undefined });
      this.#count(job, routine, state, 1);
      if (from !== undefined && event !== undefined) {
        this.#routine(from).delivered(event, routineId, slot);
      }
    }
  }

  #begun(job: JobTally, event: ActivationStarted): void {
    const { activationId, routineId, attempt, workerId, at, jobId } = event;
    const one = this.#openOne(job, event);
    this.#move(job, activationId, one, STATE.executing);
    one.workerId = workerId;
    one.routine.firstAt ??= at;
    this.#workers.begun(workerId, { jobId, activationId, routineId, attempt, since: at });
  }

  #failedAttempt(job: JobTally, event: Extract<JobEvent, Failure>): void {
    this.#failures.add(event, event.error);
    job.error = errorSnapshot(event.error, event.routineId);
    const workerId = event.execution?.workerId ?? job.open.get(event.activationId)?.workerId;
    if (event.crashed && workerId !== undefined) this.#workers.crashed(workerId);
  }

  #ended(job: JobTally, event: ActivationEventBase, state: number): void {
    const { activationId, at } = event;
    const one = this.#openOne(job, event);
    this.#move(job, activationId, one, state);
    job.open.delete(activationId);
    if (job.progress?.activationId === activationId) job.progress = undefined;
    this.#rate.add(at);
  }

  #executed({ routineId }: ActivationEventBase, { execution }: EventChange): void {
    if (execution === undefined) return;
    const routine = this.#routine(routineId);
    routine.durations.add(execution.endedAt - execution.startedAt);
    this.#workers.executed(execution);
  }

  /** Counts the activations and waits that a job drops when it stops. */
  #drop(job: JobTally, at: number): void {
    for (const [activationId, one] of job.open) {
      if (one.state === STATE.executing) continue;
      this.#move(job, activationId, one, STATE.cancelled);
      job.open.delete(activationId);
      this.#rate.add(at);
    }
    for (const waitId of [...job.waits.keys()]) this.#waitEnded(job, waitId);
  }

  #moveAll(job: JobTally, from: number, to: number): void {
    for (const [activationId, one] of job.open) {
      if (one.state === from) this.#move(job, activationId, one, to);
    }
  }

  #move(job: JobTally, activationId: string, one: OpenActivation, to: number): void {
    this.#count(job, one.routine, one.state, -1);
    this.#count(job, one.routine, to, 1);
    if (one.workerId !== undefined) this.#workers.ended(one.workerId, activationId);
    one.workerId = undefined;
    one.state = to;
  }

  #count(job: JobTally, routine: RoutineTally, state: number, by: number): void {
    count(job.counts, state, by);
    count(routine.counts, state, by);
    count(this.#totals, state, by);
  }

  /** Returns an activation that has not ended; one whose queueing is missing is added. */
  #openOne(job: JobTally, { activationId, routineId }: ActivationEventBase): OpenActivation {
    const known = job.open.get(activationId);
    if (known !== undefined) return known;
    const routine = this.#routine(routineId);
    const one = { routine, state: STATE.queued, workerId: undefined };
    job.open.set(activationId, one);
    this.#count(job, routine, STATE.queued, 1);
    return one;
  }

  #waitsBegun(job: JobTally, waits: readonly Wait[] = []): void {
    for (const { waitId, routineId } of waits) {
      const routine = this.#routine(routineId);
      job.waits.set(waitId, routine);
      this.#count(job, routine, STATE.waiting, 1);
    }
  }

  #waitEnded(job: JobTally, waitId: string): void {
    const routine = job.waits.get(waitId);
    if (routine === undefined) return;
    job.waits.delete(waitId);
    this.#count(job, routine, STATE.waiting, -1);
  }

  #statusChanged(job: JobTally, event: JobEvent, change: EventChange): void {
    if (change.status === "running" || change.status === "begun") job.startedAt ??= event.at;
    const status = statusAfter(job.status, job.startedAt !== undefined, change);
    if (status === job.status) return;
    this.#statuses[job.status]--;
    this.#statuses[status]++;
    job.status = status;
    if (isEndStatus(status)) this.#jobEnded(job, event.at);
  }

  #jobEnded(job: JobTally, at: number): void {
    job.endedAt = at;
    job.progress = undefined;
    // Nothing is open after the end, unless events are missing.
    for (const [activationId, one] of job.open) {
      this.#count(job, one.routine, one.state, -1);
      if (one.workerId !== undefined) this.#workers.ended(one.workerId, activationId);
    }
    job.open.clear();
    this.#running.delete(job.jobId);
    this.#endedJobs++;
    if (job.status === "failed") {
      this.#failed.unshift(job);
      if (this.#failed.length > MAX_LISTED) this.#failed.pop();
    }
    this.#endedOnes.push(job);
    const { maxEndedJobs = 10_000 } = this.#options;
    if (this.#endedOnes.size <= maxEndedJobs) return;
    const oldest = this.#endedOnes.shift();
    if (oldest !== undefined) this.#jobs.delete(oldest.jobId);
  }

  #longest(): JobRow[] {
    const found: JobTally[] = [];
    let scanned = 0;
    for (const job of this.#running.values()) {
      if (job.status === "running") found.push(job);
      if (found.length === MAX_LISTED || ++scanned === MAX_SCANNED) break;
    }
    return found.map((job) => job.row());
  }

  /**
   * Estimates the rest of a routine by the pace so far, if no routine before it, and no job that is still to come,
   * can emit more.
   */
  #etaOf(routine: RoutineTally, at: number): number | undefined {
    const { counts, durations, firstAt } = routine;
    const left = (counts[STATE.queued] ?? 0) + (counts[STATE.executing] ?? 0);
    if (left === 0 || firstAt === undefined || durations.count === 0) return undefined;
    const { expectedJobs = 0 } = this.#options;
    if (this.#endedJobs + this.#running.size < expectedJobs) return undefined;
    for (const before of this.#ancestors.get(routine.routineId) ?? []) {
      if (hasOpen(this.#routine(before).counts)) return undefined;
    }
    return left * (at - firstAt) / durations.count;
  }

  #etaOfJobs(at: number): number | undefined {
    const { expectedJobs } = this.#options;
    if (expectedJobs === undefined || this.#since === undefined || this.#endedJobs === 0) {
      return undefined;
    }
    const left = Math.max(0, expectedJobs - this.#endedJobs);
    return left * (at - this.#since) / this.#endedJobs;
  }

  #routine(routineId: string): RoutineTally {
    return this.#routines.getOrInsertComputed(routineId, () => new RoutineTally(routineId));
  }
}

/** Options of a `RunModel`. */
export interface RunModelOptions {
  /** The graph of the flow, whose routines are listed from the start. */
  readonly graph: GraphShape;
  /** The number of jobs that are expected in all. */
  readonly expectedJobs?: number | undefined;
  /** The maximum number of ended jobs that stay in the list; the oldest are dropped. The default is 10,000. */
  readonly maxEndedJobs?: number | undefined;
}

/** The state of the flow at the time of a snapshot, which is not part of its JobEvents. */
export type RunMoment = Pick<
  RunSnapshot,
  "flowId" | "status" | "at" | "maxWorkers" | "concurrency" | "missed"
>;

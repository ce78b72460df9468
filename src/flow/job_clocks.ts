// The clock of each job. It is set by the system clock when the job starts or is recovered, and counts from
// there independently of the system clock. A system clock that is set back therefore makes no job wait, and
// one that is set forward causes no timeouts. If the system clock is behind the last stored event of a job,
// the job's clock goes on from that event. `Dispatcher` uses these clocks for every time that it passes to
// the engine, and `Deadlines` for its timers.

import { now, systemOffset } from "../data/clock.ts";
import type { Command } from "../engine/command.ts";
import type { Job } from "../engine/job.ts";
import type { Execution } from "../engine/job_event.ts";
import { lastTimeOf } from "../engine/last_time_of.ts";
import type { Effects } from "../routine/effects.ts";

/** The clocks of a flow's jobs, as offsets to the clock of this thread. */
export class JobClocks {
  /**
   * The offsets in milliseconds, of the jobs whose clocks differ. They differ only if the system clock was
   * set.
   */
  readonly #offsets = new Map<Job, number>();

  /**
   * Sets the clock of a new job.
   *
   * @param job The job.
   * @param offset The number of milliseconds by which it is ahead of this thread's clock.
   */
  start(job: Job, offset: number): void {
    if (offset !== 0) this.#offsets.set(job, offset);
  }

  /** Sets the clock of a job that is taken over, to a time not before its last event. */
  adopt(job: Job): void {
    this.start(job, Math.max(systemOffset(), lastTimeOf(job) - now()));
  }

  /** Returns the time by the clock of a job, which is never before its last event. */
  now(job: Job): number {
    return this.of(job, now());
  }

  /** Converts a time of this thread, or one that a worker measured, to the clock of a job. */
  of(job: Job, at: number): number {
    const offset = this.#offsetOf(job);
    // Rounding must not make the time of the job go back.
    return offset === 0 ? at : Math.max(at + offset, job.changedAt ?? 0);
  }

  /** Converts a time by the clock of a job to the clock of this thread. */
  here(job: Job, at: number): number {
    return at - this.#offsetOf(job);
  }

  /** Converts the times in a command, which a worker measured, to the clock of a job. */
  command(job: Job, command: Command): Command {
    const offset = this.#offsetOf(job);
    if (offset === 0) return command;
    return {
      ...command,
      ..."execution" in command && { execution: movedExecution(command.execution, offset) },
      ..."effects" in command && { effects: movedEffects(command.effects, offset) },
    } as Command;
  }

  /** Forgets a job that has ended. */
  forget(job: Job): void {
    this.#offsets.delete(job);
  }

  #offsetOf(job: Job): number {
    return this.#offsets.size === 0 ? 0 : this.#offsets.get(job) ?? 0;
  }
}

function movedExecution(execution: Execution | undefined, offset: number): Execution | undefined {
  if (execution === undefined) return undefined;
  const { workerId, startedAt, endedAt } = execution;
  return { workerId, startedAt: startedAt + offset, endedAt: endedAt + offset };
}

function movedEffects(effects: Effects, offset: number): Effects {
  const moved = <Stamped extends { readonly timestamp: number }>(one: Stamped): Stamped => ({
    ...one,
    timestamp: one.timestamp + offset,
  });
  return {
    ...effects,
    emits: effects.emits.map(moved),
    sharedLog: effects.sharedLog.map(moved),
  };
}

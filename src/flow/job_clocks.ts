// The clock of each job. It is set by the system clock as the job starts or is recovered, and counts on
// from there, whatever is done to the system clock meanwhile: so a clock that is set back makes no job
// wait, and one that is set forward lets none run out of time. Where the system clock is behind what is
// stored of a job, the job's clock goes on from there. `FlowRunner` asks here for every time that it
// gives to the engine, and `Deadlines` for when to ring.

import { now, systemOffset } from "../data/clock.ts";
import type { Command } from "../engine/decide.ts";
import type { Job } from "../engine/job.ts";
import type { Execution } from "../engine/job_event.ts";
import { lastTimeOf } from "../engine/last_time_of.ts";
import type { Effects } from "../routine/effects.ts";

/** The clocks of a flow's jobs, by how far they are ahead of this thread's. */
export class JobClocks {
  /** Only of the jobs whose clocks differ, which are none unless the system clock was set. */
  readonly #offsets = new Map<Job, number>();

  /**
   * Sets the clock of a job that is started now.
   *
   * @param job The job.
   * @param offset By how many milliseconds it is ahead.
   */
  start(job: Job, offset: number): void {
    if (offset !== 0) this.#offsets.set(job, offset);
  }

  /** Sets the clock of a job that is taken over: not behind what is known of it. */
  adopt(job: Job): void {
    this.start(job, Math.max(systemOffset(), lastTimeOf(job) - now()));
  }

  /** The time by the clock of a job: never before its last event. */
  now(job: Job): number {
    return this.of(job, now());
  }

  /** A time of this thread, or one that a worker measured, by the clock of a job. */
  of(job: Job, at: number): number {
    const offset = this.#offsetOf(job);
    // What rounding took away would make the job's time go back.
    return offset === 0 ? at : Math.max(at + offset, job.changedAt ?? 0);
  }

  /** A time by the clock of a job, as this thread counts it. */
  here(job: Job, at: number): number {
    return at - this.#offsetOf(job);
  }

  /** A command with the times that a worker measured by the clock of a job. */
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

import type { Input, Output, TaskName } from "../tasks/tasks.ts";

/** How a contender is to be started. */
export interface StartOptions {
  /** How many workers it has. */
  readonly maxWorkers: number;
  /**
   * What it will be given: many tiny tasks, some that keep a worker busy, or some that only wait.
   * Peers that are set up differently for the first two are; Millrace has nothing to set.
   */
  readonly tasks: "tiny" | "busy" | Waiting;
}

/** Tasks that wait and leave the CPU alone, so that a worker can execute several at once. */
export interface Waiting {
  /** The greatest number of them that execute at once, over all workers. */
  readonly concurrency: number;
}

/** A way to run tasks on workers. */
export interface Contender {
  /** Its version, if it has any. */
  readonly version?: string;
  /** Starts it. */
  start(options: StartOptions): Promise<Session>;
}

/** A contender, started. */
export interface Session {
  /** Runs a task on a worker. */
  run<Name extends TaskName>(
    task: Name,
    input: Input<Name>,
    transfer?: ArrayBuffer[],
  ): Promise<Output<Name>>;
  /** Ends the workers. */
  close(): Promise<void>;
}

/** A way to run flows of five stages. */
export interface FlowContender {
  /** Its version. */
  readonly version: string;
  /** Starts it. */
  start(maxWorkers: number): Promise<FlowSession>;
}

/** A flow contender, started. */
export interface FlowSession {
  /** Forgets what was run before. */
  renew(): Promise<void>;
  /**
   * Runs jobs 0, 1, 2... at the same time. Each hands its number down five stages which add one.
   *
   * @returns What the jobs ended with, to be looked at when the clock has stopped.
   */
  runJobs(count: number): Promise<() => readonly unknown[]>;
  /** Ends the workers. */
  close(): Promise<void>;
}

import type { Input, Output, TaskName } from "../tasks/tasks.ts";

/** Options for starting a contender. */
export interface StartOptions {
  /** The number of its workers. */
  readonly maxWorkers: number;
  /**
   * The kind of its tasks: tiny, busy for a while, or only waiting. Peers with different settings
   * for the first two get them; Millrace has no such setting.
   */
  readonly tasks: "tiny" | "busy" | Waiting;
}

/** Tasks that wait and leave the CPU alone, so that a worker can execute several at once. */
export interface Waiting {
  /** The maximum number of them that execute at once, over all workers. */
  readonly concurrency: number;
}

/** A library that runs tasks on workers. */
export interface Contender {
  /** Its version, if it has any. */
  readonly version?: string;
  /** Starts it. */
  start(options: StartOptions): Promise<Session>;
}

/** A started contender. */
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

/** A library that runs flows of five stages. */
export interface FlowContender {
  /** Its version, if it has any. */
  readonly version?: string;
  /** Starts it. */
  start(maxWorkers: number): Promise<FlowSession>;
}

/** A started flow contender. */
export interface FlowSession {
  /** Drops all earlier runs. */
  renew(): Promise<void>;
  /**
   * Runs jobs 0, 1, 2... at the same time. Each passes its number through five stages that add one.
   *
   * @returns A function that returns the results of the jobs, to be called after the clock was
   * stopped.
   */
  runJobs(count: number): Promise<() => readonly unknown[]>;
  /** Ends the workers. */
  close(): Promise<void>;
}

import type { FlowRunner } from "./flow_runner.ts";
import type { JobIntake } from "./job_intake.ts";

/**
 * The phase of a flow, which `Flow` asks before each call.
 *
 * | phase      | takes                                      | refuses the rest with | left by                |
 * | ---------- | ------------------------------------------ | --------------------- | ---------------------- |
 * | assembling | all calls; those for one job find the ones | nothing               | the first job; `close` |
 * |            | that have ended, as none runs              |                       |                        |
 * | running    | all calls but `add` and `connect`          | `FlowStartedError`    | `close`                |
 * | closed     | getters; `close`, which awaits the end     | `ClosedError`         | nothing                |
 *
 * The first job is that of the first `start`, `execute`, `recover` or `rerun`, which begins the running phase
 * by `beginRunning`. If the wiring is not sound, or the store or the pool refuses the flow, it stays in
 * assembly, so the call can be repeated; until then each such call checks the wiring. In assembly, `pause` and
 * `resume` are noted for the jobs to come.
 */
export type FlowPhase = Assembling | Running | Closed;

/** The flow is put together, and has started no job. */
export interface Assembling {
  readonly name: "assembling";
  readonly runner: undefined;
  /** `true` if the jobs are to be paused when they start. */
  readonly isPaused: boolean;
}

/** The flow has its store open and is attached to its pool. Its wiring is sound and cannot change. */
export interface Running {
  readonly name: "running";
  readonly runner: FlowRunner;
  readonly intake: JobIntake;
  /** Closes the store for the flow when disposed of. */
  readonly opened: Disposable & Partial<AsyncDisposable>;
}

/** The flow was closed. Its jobs may still be ending. */
export interface Closed {
  readonly name: "closed";
  /** The runner, if the flow had one. */
  readonly runner: FlowRunner | undefined;
  /** Resolves when the jobs have ended, or are left, and pool and store are used no more. */
  readonly ended: Promise<void>;
}

/** Returns the first phase. */
export function assembling(isPaused = false): Assembling {
  return { name: "assembling", runner: undefined, isPaused };
}

import type { FlowRunner } from "./flow_runner.ts";
import type { JobIntake } from "./job_intake.ts";

/**
 * The phase of a flow, which `Flow` asks before each call.
 *
 * | phase      | accepts                                    | refuses the rest with | left by                |
 * | ---------- | ------------------------------------------ | --------------------- | ---------------------- |
 * | assembling | all calls; those for one job find the ones | nothing               | the first job; `close` |
 * |            | that have ended, as none runs              |                       |                        |
 * | running    | all calls but `add` and `connect`          | `FlowStartedError`    | `close`                |
 * | closed     | getters; `close`, which awaits the end     | `ClosedError`         | nothing                |
 *
 * The first `start`, `execute`, `recover` or `rerun` begins the running phase, by `beginRunning`. If the
 * wiring is invalid, or the store or the pool refuses the flow, the phase stays `assembling`, and the call
 * can be repeated; each such call checks the wiring again. In this phase, `pause` and `resume` are recorded
 * for later jobs.
 */
export type FlowPhase = Assembling | Running | Closed;

/** The flow is being assembled, and has started no job. */
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
  /** Resolves when the jobs have ended, or are left, and the flow no longer uses its pool and store. */
  readonly ended: Promise<void>;
}

/** Returns the first phase. */
export function assembling(isPaused = false): Assembling {
  return { name: "assembling", runner: undefined, isPaused };
}

import type { FlowShape, OnForget } from "../store/store.ts";
import type { FlowParts } from "./flow_parts.ts";
import { FlowRunner } from "./flow_runner.ts";

/** The runner of a flow that has its store open. */
export interface OpenRunner {
  readonly runner: FlowRunner;
  /** Lets the flow leave the store. */
  readonly opened: Disposable;
}

/**
 * Opens the store for a flow and lets its pool take what is to be executed. Where the pool refuses the
 * flow, it leaves the store again, so that it can be tried once more.
 *
 * @param parts The flow.
 * @param shape Its shape.
 * @param onForget Called with each ended job that the store lets go.
 * @throws {DuplicateFlowError} If a flow of this id has the store open.
 * @throws {ClosedError} If the pool is closed.
 */
export function openRunner(parts: FlowParts, shape: FlowShape, onForget: OnForget): OpenRunner {
  let runner: FlowRunner | undefined;
  const opened = parts.store.open(
    shape,
    onForget,
    (jobId) => runner?.isRunning(jobId) ?? false,
  );
  try {
    runner = new FlowRunner(parts);
    runner.attach();
    return { runner, opened };
  } catch (error) {
    runner?.discard(error as Error);
    opened[Symbol.dispose]();
    throw error;
  }
}

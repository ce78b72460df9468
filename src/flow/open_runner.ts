import type { FlowShape, OnForget } from "../store/store.ts";
import type { FlowParts } from "./flow_parts.ts";
import { FlowRunner } from "./flow_runner.ts";

/** The runner of a flow that has its store open. */
export interface OpenRunner {
  readonly runner: FlowRunner;
  /** Closes the store for the flow when disposed of. */
  readonly opened: OpenedStore;
}

/** A store that is open for a flow. */
export type OpenedStore = Disposable & Partial<AsyncDisposable>;

/**
 * Opens the store for a flow, and attaches the flow to its pool. If the pool refuses the flow, the store is
 * closed for the flow again, so that the call can be repeated.
 *
 * @param parts The parts of the flow.
 * @param shape The shape of the flow.
 * @param onForget Called with each job of the flow that the store drops.
 * @throws {DuplicateFlowError} If a flow with this id has the store open.
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

/** Closes the store for a flow. */
export async function closeStore(opened: OpenedStore): Promise<void> {
  if (opened[Symbol.asyncDispose] === undefined) opened[Symbol.dispose]();
  else await opened[Symbol.asyncDispose]?.();
}

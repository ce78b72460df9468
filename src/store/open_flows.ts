// The flows that have a store open, by id; a second flow with the same id is refused. Used by all stores.

import { DuplicateFlowError } from "../errors/flow_errors.ts";
import { StoreJobError } from "../errors/store_errors.ts";
import type { JobStarted } from "../engine/job_event.ts";
import { checkId } from "./stored_id.ts";
import type { FlowShape, OnForget } from "./store.ts";

/** A flow that writes to a store. */
interface OpenFlow {
  readonly onForget: OnForget | undefined;
  readonly isRunning: ((jobId: string) => boolean) | undefined;
}

/** The flows that have a store open. Only one flow with each id may have it open. */
export class OpenFlows {
  readonly #flows = new Map<string, OpenFlow>();
  readonly #onLast: () => void;

  /** @param onLast Called when the last flow has left. */
  constructor(onLast: () => void = () => {}) {
    this.#onLast = onLast;
  }

  /**
   * Adds a flow.
   *
   * @param shape The flow.
   * @param onForget Called with each job of the flow that the store drops.
   * @param isRunning Checks whether the flow runs a job. By default, the flow runs all its jobs that have not
   * ended.
   * @returns An object that removes the flow when disposed of. Disposing of it again has no effect.
   * @throws {DuplicateFlowError} If a flow with this id has the store open.
   * @throws {StoreValueError} If the id contains a NUL or a lone surrogate.
   */
  add(
    { flowId }: FlowShape,
    onForget: OnForget | undefined,
    isRunning: ((jobId: string) => boolean) | undefined,
  ): Disposable {
    this.check(flowId);
    this.#flows.set(flowId, { onForget, isRunning });
    let isOpen = true;
    return {
      [Symbol.dispose]: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#flows.delete(flowId);
        if (this.#flows.size === 0) this.#onLast();
      },
    };
  }

  /** Returns the id of the flow that runs a job, among those with an `isRunning`; `undefined` if none does. */
  anyRuns(jobId: string): string | undefined {
    for (const [flowId, { isRunning }] of this.#flows) if (isRunning?.(jobId)) return flowId;
    return undefined;
  }

  /** Checks whether a flow with this id has the store open and runs a job, which has not ended. */
  isRunning(flowId: string, jobId: string): boolean {
    const flow = this.#flows.get(flowId);
    return flow !== undefined && (flow.isRunning?.(jobId) ?? true);
  }

  /**
   * Refuses the start of a job whose flow does not have the store open.
   *
   * @throws {StoreJobError} If the flow does not have the store open.
   */
  checkStart({ jobId, flowId }: Pick<JobStarted, "jobId" | "flowId">): void {
    if (this.#flows.has(flowId)) return;
    const problem =
      `is of flow "${flowId}", which does not have the store open; open it for the flow`;
    throw new StoreJobError(jobId, problem);
  }

  /**
   * Refuses a flow if another one with its id has the store open.
   *
   * @throws {DuplicateFlowError} If a flow with this id has the store open.
   * @throws {StoreValueError} If the id contains a NUL or a lone surrogate.
   */
  check(flowId: string): void {
    checkId("flowId", flowId);
    if (this.#flows.has(flowId)) throw new DuplicateFlowError(flowId);
  }

  /** Checks whether no flow has the store open. */
  get isEmpty(): boolean {
    return this.#flows.size === 0;
  }

  /** Reports a job that the store dropped to its flow. */
  forget(flowId: string, jobId: string): void {
    this.#flows.get(flowId)?.onForget?.(jobId);
  }
}

import { DuplicateFlowError } from "../errors/flow_errors.ts";
import { StoreJobError } from "../errors/store_errors.ts";
import type { JobStarted } from "../engine/job_event.ts";
import { checkId } from "./stored_id.ts";
import type { FlowShape, OnForget } from "./store.ts";

/** The flows that write to a store, each of which has it for itself. */
export class OpenFlows {
  readonly #onForget = new Map<string, OnForget | undefined>();
  readonly #onLast: () => void;

  /** @param onLast Called when the last flow has left. */
  constructor(onLast: () => void = () => {}) {
    this.#onLast = onLast;
  }

  /**
   * Adds a flow.
   *
   * @param shape The flow.
   * @param onForget Called with each ended job of the flow that is let go.
   * @returns Removes the flow, once.
   * @throws {DuplicateFlowError} If a flow of this id is here.
   */
  add({ flowId }: FlowShape, onForget: OnForget | undefined): Disposable {
    this.check(flowId);
    this.#onForget.set(flowId, onForget);
    let isOpen = true;
    return {
      [Symbol.dispose]: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#onForget.delete(flowId);
        if (this.#onForget.size === 0) this.#onLast();
      },
    };
  }

  /** Checks whether a flow of an id is here. */
  has(flowId: string): boolean {
    return this.#onForget.has(flowId);
  }

  /**
   * Refuses the start of a job whose flow is not here.
   *
   * @throws {StoreJobError} If it is not.
   */
  checkStart({ jobId, flowId }: Pick<JobStarted, "jobId" | "flowId">): void {
    if (this.#onForget.has(flowId)) return;
    const problem =
      `is of flow "${flowId}", which does not have the store open; open it for the flow`;
    throw new StoreJobError(jobId, problem);
  }

  /**
   * Refuses a flow whose id another one has.
   *
   * @throws {DuplicateFlowError} If a flow of this id is here.
   * @throws {StoreValueError} If the id is not plain text.
   */
  check(flowId: string): void {
    checkId("flowId", flowId);
    if (this.#onForget.has(flowId)) throw new DuplicateFlowError(flowId);
  }

  /** Checks whether there are none. */
  get isEmpty(): boolean {
    return this.#onForget.size === 0;
  }

  /** Reports a job that was let go to its flow. */
  forget(flowId: string, jobId: string): void {
    this.#onForget.get(flowId)?.(jobId);
  }
}

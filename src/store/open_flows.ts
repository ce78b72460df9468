import { DuplicateFlowError } from "../errors/duplicate_flow_error.ts";
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

  /**
   * Refuses a flow whose id another one has.
   *
   * @throws {DuplicateFlowError} If a flow of this id is here.
   */
  check(flowId: string): void {
    if (this.#onForget.has(flowId)) throw new DuplicateFlowError(flowId);
  }

  /** Reports a job that was let go to its flow. */
  forget(flowId: string, jobId: string): void {
    this.#onForget.get(flowId)?.(jobId);
  }
}

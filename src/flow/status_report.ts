import { microtask } from "../data/microtask.ts";
import { callUser } from "../data/user_call.ts";
import type { FlowStatus, OnStatus } from "./flow_status.ts";

/** Reports the status of a flow to its user, once for each change. */
export class StatusReport {
  readonly #onStatus: OnStatus;
  #reported: FlowStatus = "running";

  /** @param onStatus Called with each new status. */
  constructor(onStatus: OnStatus) {
    this.#onStatus = onStatus;
  }

  /**
   * Reports the status if it has changed. Calls the user's function in a microtask, as it may call the flow.
   */
  update(status: FlowStatus, error: Error | undefined): void {
    if (status === this.#reported) return;
    this.#reported = status;
    microtask(() => callUser(() => this.#onStatus(status, error)));
  }
}

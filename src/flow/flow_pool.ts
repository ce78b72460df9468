import type { Pool } from "../pool/task.ts";
import { WorkerPool } from "../pool/worker_pool.ts";
import type { FlowSettings } from "./flow_settings.ts";

/** The pool of a flow: one from its options, or its own, which is created on first use. */
export class FlowPool {
  readonly #shared: Pool | undefined;
  readonly #limits: Pick<FlowSettings, "maxWorkers" | "concurrency">;
  #own: WorkerPool | undefined;

  /**
   * @param shared The pool from the options of the flow.
   * @param limits The limits of the flow's own pool.
   */
  constructor(
    shared: Pool | undefined,
    { maxWorkers, concurrency }: Pick<FlowSettings, "maxWorkers" | "concurrency">,
  ) {
    this.#shared = shared;
    this.#limits = { maxWorkers, concurrency };
  }

  /** Returns the pool. */
  get(): Pool {
    return this.#shared ?? (this.#own ??= new WorkerPool(this.#limits));
  }

  /** Closes the pool, unless it is shared, as a shared pool is closed by its creator. */
  async close(): Promise<void> {
    await this.#own?.close();
  }
}

import type { Store } from "../store/store.ts";
import { JournalIndex } from "./journal_index.ts";
import { JournalSource } from "./journal_source.ts";
import type { RunSource } from "./run_source.ts";

/**
 * The flows of a store as sources of views, one for each flow. Each iteration includes flows whose first job was stored
 * since the last one. The same flow always has the same source.
 *
 * Nothing but the list of jobs is read before it is asked for, so a long journal opens quickly. Another process may write
 * it meanwhile.
 *
 * @example The flows of a journal, and the number of their jobs
 * ```ts
 * import { JournalSources } from "@millrace/flow/dashboard";
 * import { MemoryStore } from "@millrace/flow/store";
 *
 * for (const source of new JournalSources(new MemoryStore())) {
 *   console.log(source.flowId, source.rows?.({ limit: 0 }).total);
 * }
 * ```
 */
export class JournalSources implements Iterable<RunSource> {
  readonly #store: Store;
  readonly #index: JournalIndex;
  readonly #sources = new Map<string, JournalSource>();

  /**
   * Creates the sources.
   *
   * @param store The store, which is closed by its creator after the last use of the sources.
   */
  constructor(store: Store) {
    this.#store = store;
    this.#index = new JournalIndex(store);
  }

  /** Returns the source of a flow; `undefined` if the store has no job of it. */
  get(flowId: string): RunSource | undefined {
    return this.#index.flows.has(flowId) ? this.#sourceOf(flowId) : undefined;
  }

  /** Iterates over the sources, in the order of the first jobs of their flows. */
  *[Symbol.iterator](): Generator<RunSource, undefined> {
    for (const flowId of [...this.#index.flows.keys()]) yield this.#sourceOf(flowId);
  }

  #sourceOf(flowId: string): JournalSource {
    return this.#sources.getOrInsertComputed(
      flowId,
      () => new JournalSource(this.#store, flowId, this.#index),
    );
  }
}

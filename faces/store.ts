/**
 * The interface between a flow and the store of its jobs, the store in memory, and the one in front of a
 * database server. Custom stores can be tested with `@millrace/flow/store-conformance`.
 *
 * @example A flow that forgets a job an hour after its end
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { MemoryStore } from "@millrace/flow/store";
 *
 * await using flow = new Flow({ store: new MemoryStore({ retention: { age: 3_600_000 } }) });
 * ```
 *
 * @module
 */

export type { AsyncStore, LoadedJob } from "../src/store/async_store.ts";
export { MemoryStore, type MemoryStoreOptions } from "../src/store/memory_store.ts";
export { MirroredStore, type MirroredStoreOptions } from "../src/store/mirrored_store.ts";
export type { Retention } from "../src/store/retention.ts";
export type {
  CountedStart,
  FlowShape,
  JobEntry,
  JobFilter,
  JobSummary,
  LoadedJobs,
  OnForget,
  Store,
  StoredJob,
} from "../src/store/store.ts";
export { fromBytes, toBytes } from "../src/data/structured_bytes.ts";

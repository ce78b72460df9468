/**
 * The other end of a pool's channel, for programs that are workers of another kind than a Web Worker, such as
 * processes. `startWorker`, an option of `WorkerPool` in `@millrace/flow/pool`, starts them.
 *
 * @module
 */

export { serveWorker } from "../src/serve/serve_worker.ts";

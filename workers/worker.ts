// The entry of every worker. It has no top-level await, so that no message is lost while it loads.
import { startWorker, type WorkerScope } from "../src/worker/start_worker.ts";

startWorker(self as unknown as WorkerScope);

// A program whose pool executes, in a process, what never yields. It says so with the id of that process.

import { WorkerPool } from "@millrace/flow/pool";
import { startProcess } from "../../examples/process_worker.ts";
import { sinner } from "./process_routines.ts";

const pool = new WorkerPool({ startWorker: startProcess, maxWorkers: 1 });
await pool.run(sinner, "spins", undefined, { onProgress: (pid) => console.log(pid) });

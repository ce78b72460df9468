// Ends although a thread of it never yields.
import { WorkerPool } from "../../../mod.ts";
import { spinner } from "../routines.ts";
import { bind, TestSource, TestTask } from "../tasks.ts";

const pool = new WorkerPool({ maxWorkers: 1, grace: 0 });
const task = new TestTask("task", bind(spinner), "ms", 8_000);
new TestSource(pool, 1).add(task);
await task.progressed.promise;
pool.abort(task, new Error("enough"));
console.log((await task.ended.promise).error?.name);
await pool.close();
console.log(pool.stats().lost);

import { Flow } from "@millrace/flow";
import type { Store } from "@millrace/flow/store";
import { assertEquals } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { HeldLock } from "./lock.ts";
import { scripted } from "./routines.ts";
import { until } from "./until.ts";

const pool = sharedPool();
const RETRY = { strategy: "retry", delay: 1 } as const;

function flowOf(store: Store) {
  return new Flow({ id: "budgets", store, pool }).add("scripted", scripted, {
    onErrorOf: { Busy: { ...RETRY, maxRetries: 2 }, Network: { ...RETRY, maxRetries: 1 } },
  });
}

/** The errors that end each attempt: the third ends with its process. */
const SCRIPTS = [
  { names: ["Busy", "Network", "crash", "Busy"], status: "completed", retries: 3 },
  { names: ["Busy", "Busy", "crash", "Network"], status: "completed", retries: 3 },
  { names: ["Busy", "Network", "crash", "Network"], status: "failed", retries: 2 },
  { names: ["Busy", "Busy", "crash", "Busy"], status: "failed", retries: 2 },
] as const;

for (const { names, status, retries } of SCRIPTS) {
  Deno.test(`Policy.onErrorOf gives ${status} after ${names.join(" ")}`, async () => {
    using journal = new Journal();
    using lock = await HeldLock.take();
    {
      await using flow = flowOf(journal.store());
      const events = flow.events();
      flow.start("scripted.script", { names, lock: lock.name }, { jobId: "job" });
      await until(events, (event) => event.type === "activation_started" && event.attempt === 3);
      journal.crash();
    }
    lock[Symbol.dispose]();
    await using flow = flowOf(journal.store());
    const [job] = await flow.recover();
    await job?.waitForCompletion();
    assertEquals([job?.status, job?.counts.retries], [status, retries]);
  });
}

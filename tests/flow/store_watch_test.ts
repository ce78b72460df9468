import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import { assert, assertEquals } from "@std/assert";
import { StoreWatch } from "../../src/flow/store_watch.ts";
import { collector } from "../routines/basics.ts";

/** A store that counts the looks at it, and fails them if it is to. */
class CheckedStore extends MemoryStore {
  checks = 0;
  error: Error | undefined;
  #checked = Promise.withResolvers<void>();

  /** Resolves with the next look. */
  checked(): Promise<void> {
    return this.#checked.promise;
  }

  check(): void {
    this.checks++;
    this.#checked.resolve();
    this.#checked = Promise.withResolvers();
    if (this.error !== undefined) throw this.error;
  }
}

/** Lets a test wait for a timer that holds nothing up. */
function awake(): Disposable {
  const timer = setInterval(() => {}, 1_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

Deno.test("StoreWatch.watch() looks once for all that watch a store", async () => {
  using _ = awake();
  const store = new CheckedStore();
  const failures: number[] = [];
  const watches = Array.from(
    { length: 50 },
    (_, i) => StoreWatch.watch(store, () => failures.push(i)),
  );
  await store.checked();
  assertEquals([store.checks, failures.length], [1, 0]);
  store.error = new Error("gone");
  watches.shift()?.[Symbol.dispose]();
  await store.checked();
  assertEquals([store.checks, failures.length], [2, 49]);
  for (const watch of watches) watch[Symbol.dispose]();
});

Deno.test("Flow reports a store that fails while nothing is written", async () => {
  using _ = awake();
  const store = new CheckedStore();
  const halted = Promise.withResolvers<Error | undefined>();
  await using pool = new WorkerPool({ maxWorkers: 1 });
  await using flow = new Flow({
    pool,
    store,
    onStatus: (status, error) => status === "halted" && halted.resolve(error),
  }).add("sink", collector);
  await flow.execute("sink.item", 1);
  store.error = new Error("gone");
  assertEquals(await halted.promise, store.error);
  store.error = undefined;
  await flow.flush();
  assert(flow.error === undefined);
});

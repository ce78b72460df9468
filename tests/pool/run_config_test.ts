import { UncloneableValueError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { configured, demanding } from "./routines.ts";
import { threadsWith } from "./thread_channel.ts";

const pool = sharedPool(1);

type Seen = { readonly config: { readonly name: string }; readonly isFrozen: boolean };

function seenBy({ emits }: { readonly emits: readonly { readonly payload: unknown }[] }): Seen {
  return emits[0]?.payload as Seen;
}

Deno.test("RunOptions.config reaches each of many runs at once", async () => {
  const names = Array.from({ length: 600 }, (_, i) => i % 3 === 0 ? undefined : `n${i % 5}`);
  const runs = names.map((name) =>
    pool.run(configured, "ask", undefined, name === undefined ? {} : { config: { name } })
  );
  const seen = (await Promise.all(runs)).map((effects) => seenBy(effects).config.name);
  assertEquals(seen, names.map((name) => name ?? "default"));
});

Deno.test("RunOptions.config is sent once if many runs have the same", async () => {
  for (const name of ["one", "two", "one"]) {
    const runs = Array.from(
      { length: 600 },
      () => pool.run(configured, "ask", undefined, { config: { name } }),
    );
    for (const { config, isFrozen } of (await Promise.all(runs)).map(seenBy)) {
      assertEquals([config.name, isFrozen], [name, true]);
    }
  }
});

Deno.test("RunOptions.config is copied with each call", async () => {
  const config = { name: "a", nested: { list: [1] } };
  const runs = [];
  for (let i = 0; i < 3; i++) {
    runs.push(pool.run(configured, "ask", undefined, { config }));
    config.nested.list.push(2);
  }
  config.name = "b";
  const seen = (await Promise.all(runs)).map((effects) => seenBy(effects).config);
  const lists = [[1], [1, 2], [1, 2, 2]];
  assertEquals<unknown>(
    seen,
    lists.map((list) => ({ name: "a", marks: new Map(), nested: { list } })),
  );
});

Deno.test("RunOptions.config keeps a handler from changing the config of others", async () => {
  const marks = new Map([["given", 1]]);
  const runs = Array.from(
    { length: 300 },
    () => pool.run(configured, "mark", undefined, { config: { marks } }),
  );
  for (const { emits } of await Promise.all(runs)) {
    assertEquals(emits[0]?.payload, new Map([["given", 1], ["mark", 2]]));
  }
  assertEquals(marks, new Map([["given", 1]]));
});

Deno.test("RunOptions.config replaces a default that cannot be sent", async () => {
  const { emits } = await pool.run(demanding, "ask", undefined, { config: { name: "given" } });
  assertEquals(emits[0]?.payload, "given");
  await assertRejects(() => pool.run(demanding, "ask"), UncloneableValueError);
});

Deno.test("RunOptions.config is refused after runs with equal fields", async () => {
  const config = { name: "same" };
  for (let i = 0; i < 3; i++) await pool.run(configured, "ask", undefined, { config });
  const marked = Object.assign({ [Symbol("mark")]: 1 }, config);
  const error = await assertRejects(
    () => pool.run(configured, "ask", undefined, { config: marked }),
    UncloneableValueError,
  );
  assertEquals(error.path, "config[Symbol(mark)]");
});

Deno.test("RunOptions.config reaches workers behind a channel", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, startWorker: threadsWith() });
  const run = (name: string) => pool.run(configured, "ask", undefined, { config: { name } });
  const seen = (await Promise.all(["a", "a", "b"].map(run))).map(seenBy);
  assertEquals(seen.map(({ config }) => config.name), ["a", "a", "b"]);
  assert(seen.every(({ isFrozen }) => isFrozen));
});

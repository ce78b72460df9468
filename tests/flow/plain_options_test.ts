// Objects whose fields are spread or listed are refused if fields would be lost.

import { Flow, MillraceError } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { patching, settled } from "../routines/settings.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool(1);

class Settings {
  get limit() {
    return 77;
  }
}

// Cast, as only programs without a type checker pass such values.
const LOSSY = [new Settings(), new Map([["limit", 77]]), new Date()] as unknown as object[];

const CALLS: Readonly<Record<string, (given: object) => unknown>> = {
  "config of Flow.add()": (config) => new Flow().add("settled", settled, { config }),
  "map of Flow.connect()": (map) =>
    new Flow().add("a", settled).connect("a.limit", "a.go" as never, { map } as never),
  "onErrorOf of a flow": (onErrorOf) => new Flow({ onErrorOf } as never),
  "onErrorOf of a routine": (onErrorOf) =>
    new Flow().add("settled", settled, { onErrorOf } as never),
  "onError of a flow": (onError) => new Flow({ onError } as never),
  "options of a flow": (options) => new Flow(options as never),
  "options of a pool": (options) => new WorkerPool(options as never),
  "retention of a store": (retention) => new MemoryStore({ retention } as never),
};

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`${name} must be a plain object`, () => {
    for (const given of LOSSY) {
      assertThrows(() => call(given), InvalidOptionError, "a plain object", Deno.inspect(given));
    }
  });
}

Deno.test("config of WorkerPool.run() must be a plain object", async () => {
  for (const config of LOSSY) {
    await assertRejects(
      () => pool.run(settled, "go", undefined, { config }),
      InvalidOptionError,
      "config is an instance of",
    );
  }
  const { emits } = await pool.run(settled, "go", undefined, { config: { limit: 5 } });
  assertEquals(emits.map(({ payload }) => payload), [5]);
});

Deno.test("ctx.routineState.patch() refuses values that are not plain objects", async () => {
  await using flow = new Flow({ pool }).add("patching", patching);
  for (const kind of ["map", "date", "list", "text", "nothing"] as const) {
    const { status, error } = await flow.execute("patching.kind", kind);
    assertEquals(status, "failed", kind);
    assert(error instanceof InvalidOptionError && error instanceof MillraceError, kind);
    assertEquals(error.option, "fields of ctx.routineState.patch");
  }
});

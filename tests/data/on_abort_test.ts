import { assertEquals } from "@std/assert";
import { onAbort } from "../../src/data/on_abort.ts";
import { countedSignal } from "./counted_signal.ts";
import { written } from "./written.ts";

Deno.test("onAbort() adds one listener per signal", () => {
  const { signal, controller, listeners } = countedSignal();
  const called: number[] = [];
  const releases = Array.from({ length: 1_000 }, (_, i) => onAbort(signal, () => called.push(i)));
  for (const i of [0, 500, 999]) releases[i]?.();
  assertEquals([listeners.added, listeners.present], [1, 1]);
  controller.abort();
  assertEquals([called.length, called[0], called.at(-1)], [997, 1, 998]);
});

Deno.test("onAbort() removes its listener with the last callback", () => {
  const { signal, controller, listeners } = countedSignal();
  const one = onAbort(signal, () => {});
  const other = onAbort(signal, () => {});
  one();
  one();
  assertEquals(listeners.present, 1);
  other();
  assertEquals(listeners.present, 0);
  let called = 0;
  onAbort(signal, () => called++);
  one();
  other();
  assertEquals(listeners.present, 1);
  controller.abort();
  assertEquals(called, 1);
});

Deno.test("onAbort() calls back at once for an aborted signal", () => {
  let called = 0;
  onAbort(AbortSignal.abort(), () => called++)();
  assertEquals(called, 1);
});

Deno.test("onAbort() skips callbacks withdrawn during the abort", () => {
  const { signal, controller } = countedSignal();
  const called: string[] = [];
  onAbort(signal, () => {
    called.push("first");
    withdraw();
    onAbort(signal, () => called.push("added"));
  });
  const withdraw = onAbort(signal, () => called.push("withdrawn"));
  onAbort(signal, () => called.push("last"));
  controller.abort();
  assertEquals(called, ["first", "added", "last"]);
});

Deno.test("onAbort() calls all callbacks and logs their errors", () => {
  const { signal, controller } = countedSignal();
  const no = new RangeError("no");
  let called = 0;
  for (let i = 0; i < 2; i++) {
    onAbort(signal, () => {
      throw no;
    });
    onAbort(signal, () => called++);
  }
  assertEquals(written(() => controller.abort()), [no, no]);
  assertEquals(called, 2);
});

Deno.test("onAbort() ignores an absent signal", () => {
  onAbort(undefined, () => {
    throw new Error("called");
  })();
});

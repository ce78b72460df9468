import { assert, assertEquals } from "@std/assert";
import { microtask } from "../../src/data/microtask.ts";
import { after, clearTimer, unrefTimer } from "../../src/data/timer.ts";
import { fakeTimers } from "../fake_timers.ts";

Deno.test("after() sets no timer beyond the platform's limit", () => {
  assertEquals(after(Infinity, () => {}), undefined);
  assertEquals(after(2 ** 31, () => {}), undefined);
});

Deno.test("after() calls back after the delay", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  assert(after(0, resolve) !== undefined);
  await promise;
});

Deno.test("after() ignores replaced globals", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const fake = fakeTimers();
  try {
    after(0, resolve);
    await promise;
  } finally {
    fake[Symbol.dispose]();
  }
  assertEquals(fake.uses, []);
});

Deno.test("clearTimer() ignores replaced globals", async () => {
  const called: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  {
    using _ = fakeTimers();
    const first = after(0, () => called.push("cleared"));
    after(0, () => called.push("not cleared"));
    after(1, resolve);
    clearTimer(first);
    clearTimer(undefined);
  }
  await promise;
  assertEquals(called, ["not cleared"]);
});

Deno.test("unrefTimer() accepts a timer or undefined", () => {
  const timer = after(2 ** 31 - 1, () => {});
  unrefTimer(timer);
  unrefTimer(undefined);
  clearTimer(timer);
});

Deno.test("microtask() calls back before any timer", async () => {
  const called: string[] = [];
  {
    using _ = fakeTimers();
    after(0, () => called.push("timer"));
    microtask(() => called.push("microtask"));
    await undefined;
    called.push("awaited");
  }
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(called, ["microtask", "awaited", "timer"]);
});

Deno.test("after() ignores globals that were replaced before their first use", async () => {
  const url = new URL("replaced_timers.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const { promise, resolve } = Promise.withResolvers<unknown>();
  worker.onmessage = ({ data }) => resolve(data);
  assertEquals(await promise, ["not cleared"]);
  worker.terminate();
});

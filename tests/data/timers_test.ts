import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { type Timer, Timers } from "../../src/data/timers.ts";

/** Timers by a clock that stands at `time`, so that all that is due fires in one go. */
function timersAt(time: number) {
  return new Timers(() => time);
}

/** Lets the timer of timers that are due go off. */
function nextTimer(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("Timers.set() fires timers in order of time", async () => {
  const times = fc.array(fc.nat(50), { maxLength: 100, size: "max" });
  const property = fc.asyncProperty(times, async (times) => {
    const timers = timersAt(1000);
    const fired: number[] = [];
    for (const at of times) timers.set(at, () => fired.push(at));
    await nextTimer();
    assertEquals(fired, times.toSorted((a, b) => a - b));
  });
  await fc.assert(property, { numRuns: 10 });
});

Deno.test("Timers.set() fires simultaneous timers in order of insertion", async () => {
  const times = fc.array(fc.nat(3), { maxLength: 100, size: "max" });
  const property = fc.asyncProperty(times, async (times) => {
    const timers = timersAt(1000);
    const fired: [number, number][] = [];
    times.forEach((at, i) => void timers.set(at, () => fired.push([at, i])));
    await nextTimer();
    assertEquals(fired, fired.toSorted(([at, i], [other, j]) => at - other || i - j));
  });
  await fc.assert(property, { numRuns: 20 });
});

Deno.test("Timers.cancel() stops one timer alone", async () => {
  const calls = fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 200, size: "max" });
  const property = fc.asyncProperty(calls, async (calls) => {
    const timers = timersAt(1000);
    const fired: number[] = [];
    const off: Timer[] = [];
    for (const [at, isCancelled] of calls) {
      const timer = timers.set(at, () => fired.push(at));
      if (isCancelled) off.push(timer);
    }
    for (const timer of off) timers.cancel(timer);
    await nextTimer();
    const left = calls.filter(([, isCancelled]) => !isCancelled).map(([at]) => at);
    assertEquals(fired, left.toSorted((a, b) => a - b));
  });
  await fc.assert(property, { numRuns: 10 });
});

Deno.test("Timers.set() fires once and works within callbacks", async () => {
  const timers = timersAt(1000);
  const fired: string[] = [];
  const first = timers.set(1, () => {
    fired.push("first");
    timers.set(2, () => fired.push("second"));
  });
  await nextTimer();
  await nextTimer();
  timers.cancel(first);
  assertEquals(fired, ["first", "second"]);
});

Deno.test("Timers fires due timers over several turns", async () => {
  const timers = timersAt(10_000);
  const fired: number[] = [];
  let inFirstTurn = 0;
  const { promise: all, resolve } = Promise.withResolvers<void>();
  for (let at = 0; at < 5_000; at++) {
    timers.set(at, () => {
      if (at === 0) queueMicrotask(() => inFirstTurn = fired.length);
      if (fired.push(at) === 5_000) resolve();
    });
  }
  await all;
  assertEquals(fired, fired.toSorted((a, b) => a - b));
  assertLess(inFirstTurn, 1_000);
});

Deno.test("Timers.cancel() works within a callback", async () => {
  const timers = timersAt(1000);
  const fired: string[] = [];
  timers.set(1, () => timers.cancel(second));
  const second = timers.set(2, () => fired.push("second"));
  timers.set(3, () => fired.push("third"));
  await nextTimer();
  assertEquals(fired, ["third"]);
});

Deno.test("Timers.cancel() spares a timer set afterwards", async () => {
  const timers = timersAt(1000);
  const fired: string[] = [];
  timers.set(1, () => {
    timers.cancel(second);
    timers.cancel(far);
    timers.set(3, () => fired.push("third"));
  });
  const second = timers.set(2, () => fired.push("second"));
  const far = timers.set(5000, () => fired.push("far"));
  await nextTimer();
  await nextTimer();
  assertEquals(fired, ["third"]);
});

Deno.test("Timers yields to the event loop between timers", async () => {
  const timers = timersAt(1000);
  let fired = 0;
  const again = () => {
    // Far more than fit between two turns of the loop, were it to wait for them.
    if (++fired < 100_000) timers.set(0, again);
  };
  timers.set(0, again);
  await nextTimer();
  timers.clear();
  assertEquals(fired < 100_000, true);
});

Deno.test("Timers.clear() works within a callback", async () => {
  const timers = timersAt(1000);
  const fired: string[] = [];
  timers.set(1, () => timers.clear());
  timers.set(2, () => fired.push("second"));
  await nextTimer();
  await nextTimer();
  assertEquals(fired, []);
});

Deno.test("Timers.clear() cancels timers not yet due", async () => {
  const timers = timersAt(0);
  const fired: number[] = [];
  for (const at of [60_000, 2 ** 40, Infinity]) timers.set(at, () => fired.push(at));
  await nextTimer();
  timers.clear();
  assertEquals(fired, []);
});

Deno.test({
  name: "Timers.cancel() leaves no platform timer",
  sanitizeOps: true,
  fn() {
    const timers = timersAt(0);
    const set = [60_000, 70_000, Infinity].map((at) => timers.set(at, () => {}));
    for (const timer of set) timers.cancel(timer);
  },
});

Deno.test("Timers.hold() defers timers until Timers.release()", () => {
  let time = 0;
  const fired: number[] = [];
  const timers = new Timers(() => time);
  for (const at of [1, 2, 3, 4]) timers.set(at, () => fired.push(at));
  time = 1;
  timers.fire();
  assertEquals(fired, [1]);
  timers.hold();
  time = 3;
  timers.fire();
  assertEquals(fired, [1]);
  timers.release();
  timers.fire();
  assertEquals(fired, [1, 2, 3]);
  timers.clear();
});

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

Deno.test("timers that are due fire in the order of their times", async () => {
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

Deno.test("Timers fire those of one time in the order in which they were set", async () => {
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

Deno.test("a timer that was cancelled does not fire, and the others do", async () => {
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

Deno.test("a timer fires once, and may set others", async () => {
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

Deno.test("timers that are due together fire over several turns of the loop, in order", async () => {
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

Deno.test("a timer may cancel the next", async () => {
  const timers = timersAt(1000);
  const fired: string[] = [];
  timers.set(1, () => timers.cancel(second));
  const second = timers.set(2, () => fired.push("second"));
  timers.set(3, () => fired.push("third"));
  await nextTimer();
  assertEquals(fired, ["third"]);
});

Deno.test("a timer may cancel all that are left, and one that it has set fires", async () => {
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

Deno.test("timers that are due as they are set, each by the one before, leave the loop its turns", async () => {
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

Deno.test("timers that were cleared as they fired do not fire", async () => {
  const timers = timersAt(1000);
  const fired: string[] = [];
  timers.set(1, () => timers.clear());
  timers.set(2, () => fired.push("second"));
  await nextTimer();
  await nextTimer();
  assertEquals(fired, []);
});

Deno.test("a timer whose time has not come does not fire, and leaves no timer once cleared", async () => {
  const timers = timersAt(0);
  const fired: number[] = [];
  for (const at of [60_000, 2 ** 40, Infinity]) timers.set(at, () => fired.push(at));
  await nextTimer();
  timers.clear();
  assertEquals(fired, []);
});

Deno.test({
  name: "timers that were all cancelled leave no timer",
  sanitizeOps: true,
  fn() {
    const timers = timersAt(0);
    const set = [60_000, 70_000, Infinity].map((at) => timers.set(at, () => {}));
    for (const timer of set) timers.cancel(timer);
  },
});

Deno.test("Timers.hold() lets none fire until release(), and fire() fires at once what is due", () => {
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

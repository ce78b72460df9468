import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { type Alarm, Alarms } from "../../src/data/alarms.ts";

/** Alarms by a clock that stands at `time`, so that all that is due rings in one go. */
function alarmsAt(time: number) {
  return new Alarms(() => time);
}

/** Lets the timer of alarms that are due go off. */
function nextTimer(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("alarms that are due ring in the order of their times", async () => {
  const times = fc.array(fc.nat(50), { maxLength: 100, size: "max" });
  const property = fc.asyncProperty(times, async (times) => {
    const alarms = alarmsAt(1000);
    const rung: number[] = [];
    for (const at of times) alarms.set(at, () => rung.push(at));
    await nextTimer();
    assertEquals(rung, times.toSorted((a, b) => a - b));
  });
  await fc.assert(property, { numRuns: 10 });
});

Deno.test("Alarms ring those of one time in the order in which they were set", async () => {
  const times = fc.array(fc.nat(3), { maxLength: 100, size: "max" });
  const property = fc.asyncProperty(times, async (times) => {
    const alarms = alarmsAt(1000);
    const rung: [number, number][] = [];
    times.forEach((at, i) => void alarms.set(at, () => rung.push([at, i])));
    await nextTimer();
    assertEquals(rung, rung.toSorted(([at, i], [other, j]) => at - other || i - j));
  });
  await fc.assert(property, { numRuns: 20 });
});

Deno.test("an alarm that was called off does not ring, and the others do", async () => {
  const calls = fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 200, size: "max" });
  const property = fc.asyncProperty(calls, async (calls) => {
    const alarms = alarmsAt(1000);
    const rung: number[] = [];
    const off: Alarm[] = [];
    for (const [at, isCalledOff] of calls) {
      const alarm = alarms.set(at, () => rung.push(at));
      if (isCalledOff) off.push(alarm);
    }
    for (const alarm of off) alarms.callOff(alarm);
    await nextTimer();
    const left = calls.filter(([, isCalledOff]) => !isCalledOff).map(([at]) => at);
    assertEquals(rung, left.toSorted((a, b) => a - b));
  });
  await fc.assert(property, { numRuns: 10 });
});

Deno.test("an alarm rings once, and may set others", async () => {
  const alarms = alarmsAt(1000);
  const rung: string[] = [];
  const first = alarms.set(1, () => {
    rung.push("first");
    alarms.set(2, () => rung.push("second"));
  });
  await nextTimer();
  await nextTimer();
  alarms.callOff(first);
  assertEquals(rung, ["first", "second"]);
});

Deno.test("alarms that are due together ring over several turns of the loop, in order", async () => {
  const alarms = alarmsAt(10_000);
  const rung: number[] = [];
  let inFirstTurn = 0;
  const { promise: all, resolve } = Promise.withResolvers<void>();
  for (let at = 0; at < 5_000; at++) {
    alarms.set(at, () => {
      if (at === 0) queueMicrotask(() => inFirstTurn = rung.length);
      if (rung.push(at) === 5_000) resolve();
    });
  }
  await all;
  assertEquals(rung, rung.toSorted((a, b) => a - b));
  assertLess(inFirstTurn, 1_000);
});

Deno.test("an alarm may call off the next", async () => {
  const alarms = alarmsAt(1000);
  const rung: string[] = [];
  alarms.set(1, () => alarms.callOff(second));
  const second = alarms.set(2, () => rung.push("second"));
  alarms.set(3, () => rung.push("third"));
  await nextTimer();
  assertEquals(rung, ["third"]);
});

Deno.test("an alarm may call off all that are left, and one that it has set rings", async () => {
  const alarms = alarmsAt(1000);
  const rung: string[] = [];
  alarms.set(1, () => {
    alarms.callOff(second);
    alarms.callOff(far);
    alarms.set(3, () => rung.push("third"));
  });
  const second = alarms.set(2, () => rung.push("second"));
  const far = alarms.set(5000, () => rung.push("far"));
  await nextTimer();
  await nextTimer();
  assertEquals(rung, ["third"]);
});

Deno.test("alarms that are due as they are set, each by the one before, leave the loop its turns", async () => {
  const alarms = alarmsAt(1000);
  let rung = 0;
  const again = () => {
    // Far more than fit between two turns of the loop, were it to wait for them.
    if (++rung < 100_000) alarms.set(0, again);
  };
  alarms.set(0, again);
  await nextTimer();
  alarms.clear();
  assertEquals(rung < 100_000, true);
});

Deno.test("alarms that were cleared as they rang do not ring", async () => {
  const alarms = alarmsAt(1000);
  const rung: string[] = [];
  alarms.set(1, () => alarms.clear());
  alarms.set(2, () => rung.push("second"));
  await nextTimer();
  await nextTimer();
  assertEquals(rung, []);
});

Deno.test("an alarm whose time has not come does not ring, and leaves no timer once cleared", async () => {
  const alarms = alarmsAt(0);
  const rung: number[] = [];
  for (const at of [60_000, 2 ** 40, Infinity]) alarms.set(at, () => rung.push(at));
  await nextTimer();
  alarms.clear();
  assertEquals(rung, []);
});

Deno.test({
  name: "alarms that were all called off leave no timer",
  sanitizeOps: true,
  fn() {
    const alarms = alarmsAt(0);
    const set = [60_000, 70_000, Infinity].map((at) => alarms.set(at, () => {}));
    for (const alarm of set) alarms.callOff(alarm);
  },
});

Deno.test("Alarms.hold() lets none ring until release(), and ring() rings at once what is due", () => {
  let time = 0;
  const rung: number[] = [];
  const alarms = new Alarms(() => time);
  for (const at of [1, 2, 3, 4]) alarms.set(at, () => rung.push(at));
  time = 1;
  alarms.ring();
  assertEquals(rung, [1]);
  alarms.hold();
  time = 3;
  alarms.ring();
  assertEquals(rung, [1]);
  alarms.release();
  alarms.ring();
  assertEquals(rung, [1, 2, 3]);
  alarms.clear();
});

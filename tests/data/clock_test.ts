import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { elapsed, now, systemOffset } from "../../src/data/clock.ts";
import { fakeTimers } from "../fake_timers.ts";
import { SystemClock } from "../system_clock.ts";

const HOUR = 3_600_000;

Deno.test("now() returns epoch milliseconds", () => {
  const [before, time, after] = [Date.now(), now(), Date.now()];
  // Two clocks of one system may be set apart a little; days they are not.
  assert(time > before - 60_000 && time < after + 60_000);
});

for (const clock of [now, elapsed]) {
  Deno.test(`${clock.name}() is monotonic and fractional`, () => {
    const times = Array.from({ length: 2000 }, clock);
    assert(times.every((time, i) => time >= (times[i - 1] ?? 0)));
    assert(times.some((time) => !Number.isInteger(time)));
  });

  Deno.test(`${clock.name}() ignores replaced globals`, () => {
    using fake = fakeTimers();
    const from = clock();
    let calls = 1;
    // Which takes some microseconds, and for ever with a clock that stands still.
    while (clock() === from && calls < 10_000_000) calls++;
    assert(clock() > from);
    assert(from > 0 && fake.uses.length === 0, `${fake.uses}`);
  });
}

Deno.test("systemOffset() follows the system clock", () => {
  using clock = new SystemClock();
  assertEquals(systemOffset(), 0);
  for (const ahead of [HOUR, -HOUR, -2 * HOUR, 5_000]) {
    clock.ahead = ahead;
    assertAlmostEquals(systemOffset(), ahead, 100);
    // Slewing, and the grain of a clock, are no steps.
    const before = systemOffset();
    clock.ahead += 10;
    assertEquals(systemOffset(), before);
  }
  clock.ahead = 0;
  assertEquals(systemOffset(), 0);
});

Deno.test("now() ignores steps of the system clock", () => {
  using clock = new SystemClock();
  const before = now();
  clock.ahead = -HOUR;
  systemOffset();
  const after = now();
  assert(after >= before && after < before + HOUR / 2);
});

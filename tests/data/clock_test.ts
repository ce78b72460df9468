import { assert } from "@std/assert";
import { elapsed, now } from "../../src/data/clock.ts";
import { fakeTimers } from "../fake_timers.ts";

Deno.test("now() returns epoch milliseconds", () => {
  const [before, told, after] = [Date.now(), now(), Date.now()];
  // Two clocks of one system may be set apart a little; days they are not.
  assert(told > before - 60_000 && told < after + 60_000);
});

for (const clock of [now, elapsed]) {
  Deno.test(`${clock.name}() never goes back, and has fractions`, () => {
    const times = Array.from({ length: 2000 }, clock);
    assert(times.every((time, i) => time >= (times[i - 1] ?? 0)));
    assert(times.some((time) => !Number.isInteger(time)));
  });

  Deno.test(`${clock.name}() goes on while the globals are replaced`, () => {
    using fake = fakeTimers();
    const from = clock();
    let calls = 1;
    // Which takes some microseconds, and for ever with a clock that stands still.
    while (clock() === from && calls < 10_000_000) calls++;
    assert(clock() > from);
    assert(from > 0 && fake.uses.length === 0, `${fake.uses}`);
  });
}

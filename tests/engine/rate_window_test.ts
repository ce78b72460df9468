import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { RateWindow } from "../../src/engine/rate_window.ts";

Deno.test("RateWindow has room as often as a count of all starts", () => {
  const setups = fc.record({
    limit: fc.integer({ min: 1, max: 4 }),
    // Sums of such numbers are rounded.
    per: fc.constantFrom(0.1, 0.3, 1, 7.7),
    assumed: fc.constantFrom(0, 0, 1, 3, Infinity),
    from: fc.constantFrom<number>(0, 1_795_000_000_000.123),
  });
  const steps = fc.array(fc.tuple(fc.constantFrom(0, 0, 0.1, 0.2, 5), fc.nat(3)));
  fc.assert(fc.property(setups, steps, ({ limit, per, assumed, from }, steps) => {
    const window = new RateWindow({ limit, per });
    window.assume(assumed, from);
    const starts: number[] = [];
    let open = 0;
    let now = from;
    for (const [time, action] of steps) {
      now += time;
      const room = () => {
        const lost = from + per > now ? assumed : 0;
        return limit - lost - open - starts.filter((at) => at + per > now).length;
      };
      assertEquals(window.room(now), room());
      if (room() < 1) {
        // There is no more room before the next time, and then it is not the same.
        const next = window.nextAt;
        const times = [...starts, ...assumed > 0 ? [from] : []].map((at) => at + per);
        assertEquals(next, times.filter((at) => at > now).sort((a, b) => a - b)[0]);
        if (next !== undefined) now = next;
        assertEquals(window.room(now), room());
      } else {
        window.open();
        open++;
      }
      if (action < 2 && open > 0) {
        open--;
        if (action === 0) window.abandon();
        else window.began(now), starts.push(now);
      }
    }
  }));
});

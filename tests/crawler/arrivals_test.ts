import { assertEquals, assertGreater } from "@std/assert";
import { Arrivals } from "../../examples/crawler/arrivals.ts";

Deno.test("Arrivals.mostAtOnce() counts requests from arrival to answer", () => {
  const arrivals = new Arrivals();
  const begin = (page: number, host: string) => arrivals.begin(`http://${host}/${page}`, host);
  const [first, second] = [begin(1, "a"), begin(2, "a"), begin(3, "b")];
  first.end(200);
  second.end(500);
  begin(4, "a").end(200);
  assertEquals(arrivals.mostAtOnce(), new Map([["a", 2], ["b", 1]]));
});

Deno.test("Arrivals.mostAtOnce() counts requests without an answer", () => {
  const arrivals = new Arrivals();
  for (const page of [1, 2, 3]) arrivals.begin(`http://a/${page}`, "a");
  assertEquals(arrivals.mostAtOnce(), new Map([["a", 3]]));
});

Deno.test("Arrivals.shortestSpan() finds the shortest time of successive requests", () => {
  const arrivals = new Arrivals();
  for (let page = 0; page < 5; page++) arrivals.begin(`http://a/${page}`, "a").end(200);
  const times = arrivals.all().map(({ at }) => at);
  const expected = Math.min(...times.slice(2).map((at, i) => at - (times[i] ?? NaN)));
  assertEquals(arrivals.shortestSpan(3), new Map([["a", expected]]));
  assertEquals(arrivals.shortestSpan(6), new Map([["a", Infinity]]));
  const since = now();
  arrivals.begin("http://b/0", "b");
  assertEquals(arrivals.shortestSpan(1, since), new Map([["b", 0]]));
  assertEquals(arrivals.shortestSpan(3, 0, since), new Map([["a", expected]]));
});

Deno.test("Arrivals.waitsAfter() returns the times to the next request", () => {
  const arrivals = new Arrivals();
  arrivals.begin("http://a/0", "a").end(500);
  arrivals.begin("http://a/1", "a").end(429);
  assertEquals(arrivals.waitsAfter(500), []);
  arrivals.begin("http://a/0", "a").end(200);
  arrivals.begin("http://a/0", "a").end(200);
  const [before, , after] = arrivals.all();
  const wait = { url: "http://a/0", from: before?.endedAt, to: after?.at };
  assertEquals<unknown>(arrivals.waitsAfter(500), [wait]);
  assertEquals(arrivals.waitsAfter(429), []);
});

Deno.test("Arrivals.fetched() counts successful answers", () => {
  const arrivals = new Arrivals();
  for (const status of [500, 200, 200]) arrivals.begin("http://a/0", "a").end(status);
  arrivals.begin("http://a/1", "a");
  assertEquals(arrivals.fetched(), new Map([["http://a/0", 2]]));
  assertEquals([arrivals.answered("http://a/0"), arrivals.answered("http://a/1")], [3, 0]);
});

/** Returns a time that is later than that of any request so far. */
function now(): number {
  const before = performance.now();
  let after = before;
  while (after === before) after = performance.now();
  assertGreater(after, before);
  return after;
}

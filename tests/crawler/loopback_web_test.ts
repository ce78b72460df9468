import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { linksOf, retryAfterOf, titleOf } from "../../examples/crawler/page.ts";
import { LoopbackWeb, troublesOf } from "../../examples/crawler/loopback_web.ts";

Deno.test("LoopbackWeb serves each page after its failures", async () => {
  const seed = 3;
  await using web = new LoopbackWeb({ pages: 100, hosts: 2, seed, retryAfter: 7 });
  const failing = Array.from({ length: 100 }, (_, page) => page)
    .filter((page) => troublesOf(seed, page).length > 0);
  assert(failing.some((page) => troublesOf(seed, page).includes(429)));
  assert(failing.some((page) => troublesOf(seed, page).includes(500)));
  await Promise.all(failing.map(async (page) => {
    for (const expected of [...troublesOf(seed, page), 200]) {
      const response = await fetch(web.urlOf(page));
      const text = await response.text();
      assertEquals(response.status, expected);
      assertEquals(
        retryAfterOf(response.headers),
        expected === 429 ? 7_000 : undefined,
      );
      if (expected === 200) assertEquals(titleOf(text), `Page ${page}`);
    }
  }));
});

Deno.test("LoopbackWeb links all pages as its seed determines", async () => {
  await using web = new LoopbackWeb({ pages: 60, hosts: 3, seed: 7 });
  await using same = new LoopbackWeb({ pages: 60, hosts: 3, seed: 7 });
  const known = await walk(web);
  assertEquals(known, await walk(same));
  assertEquals(known.size, 60 + web.deadUrls().length);
  assertEquals(web.arrivals.all().length, web.requests);
  assertEquals(web.arrivals.fetched(), new Map(web.urls().map((url) => [url, 1])));
  const { status, body } = await fetch(web.urlOf(60));
  await body?.cancel();
  assertEquals(status, 404);
});

/** Returns the paths that can be reached from the first page, each with the paths that it links to. */
async function walk(web: LoopbackWeb): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const pathOf = (url: string) => `${web.hosts.indexOf(new URL(url).host)}${new URL(url).pathname}`;
  const visit = async (url: string): Promise<void> => {
    let response = await fetch(url);
    while (response.status === 500 || response.status === 429) {
      await response.body?.cancel();
      response = await fetch(url);
    }
    const links = [...linksOf(await response.text(), url)];
    found.set(pathOf(url), links.map(pathOf));
    await Promise.all(
      links.filter((link) => !found.has(pathOf(link))).map((link) => {
        found.set(pathOf(link), []);
        return visit(link);
      }),
    );
  };
  await visit(web.start);
  return new Map([...found].sort());
}

Deno.test("linksOf() returns each absolute URL without its fragment once", () => {
  const text = `<a href="/a">a</a> <a class="x" href="/a#part">a</a> <a href='no'>quotes</a>
    <a href="mailto:someone@example.com">mail</a> <A HREF="https://example.com/b">b</A>`;
  assertEquals([...linksOf(text, "http://localhost/start")], [
    "http://localhost/a",
    "https://example.com/b",
  ]);
});

Deno.test("retryAfterOf() reads seconds and dates", () => {
  const read = (value: string) => retryAfterOf(new Headers({ "retry-after": value }));
  assertEquals(read("2"), 2_000);
  assertEquals(read("soon"), undefined);
  assertEquals(read("Wed, 21 Oct 2015 07:28:00 GMT"), 0);
  assertGreaterOrEqual(read(new Date(Date.now() + 60_000).toUTCString()) ?? 0, 30_000);
  assertEquals(retryAfterOf(new Headers()), undefined);
});

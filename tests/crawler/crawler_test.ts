// The example of a crawler, as its readers run it, against a web on the loopback.

import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLessOrEqual,
} from "@std/assert";
import { delay } from "@std/async/delay";
import { type Activation, type JobEvent, replay } from "@millrace/flow/events";
import { SqliteStore } from "@millrace/flow/sqlite";
import { POLITE } from "../../examples/crawler/flow.ts";
import { LoopbackWeb } from "../../examples/crawler/loopback_web.ts";
import { Folder } from "../store/folder.ts";
import { runCrawler, startCrawler } from "./crawler_process.ts";

// The pages ask to come back after more than a period of the rate, which would otherwise hide a retry that is too early.
const WEB = { pages: 160, hosts: 5, seed: 12, retryAfter: 2 };

/** The limits of each host, as the example sets them. */
const { concurrency, rate } = POLITE.perHost ??
  { concurrency: NaN, rate: { limit: NaN, per: NaN } };

/** The time by which a timer may be early, or two clocks may differ, in milliseconds. */
const EARLY_MS = 2;

/**
 * The share of the period that a rate must span at the server. Requests take different times on their way, up to some
 * hundred milliseconds on a busy machine, so that they can arrive closer together than they began.
 */
const AT_SERVER = 0.5;

Deno.test("examples/crawler/main.ts fetches each page once despite a kill", async (test) => {
  using folder = new Folder();
  const file = folder.path("crawl.db");
  await using web = new LoopbackWeb(WEB);
  const { arrivals } = web;

  const crawler = startCrawler(web.start, file);
  const output = crawler.output();
  while (arrivals.fetched().size < WEB.pages / 2) await delay(5);
  crawler.kill("SIGKILL");
  assertEquals((await output).signal, "SIGKILL");
  // The killed process does not see the answers to its last requests.
  while (arrivals.all().some(({ endedAt }) => endedAt === undefined)) await delay(5);
  const killedAt = performance.now();
  const fetchedBefore = fetchedIn(file, web.start);
  const retriedBefore = retriedIn(file, web.start);
  assertGreater(fetchedBefore.size, 0);

  const { code, stdout, stderr } = await runCrawler(web.start, file);
  assertEquals([code, stderr], [0, ""]);
  const dead = web.deadUrls();
  assert(dead.length > 0);
  const lastLine = `completed: ${WEB.pages} pages, and ${dead.length} links that lead nowhere`;
  assertEquals(stdout.trimEnd().split("\n").at(-1), lastLine);

  await test.step("the job has each page and each dead link", () => {
    const titles = [
      ...web.urls().map((url, page) => [url, `Page ${page}`] as const),
      ...dead.map((url) => [url, null] as const),
    ];
    assertEquals(sharedDataIn(file, web.start), Object.fromEntries(titles));
  });

  await test.step("no page is fetched again after its commit", () => {
    const fetched = arrivals.fetched();
    assertEquals([...fetched.keys()].sort(), web.urls().sort());
    const again = [...fetched].flatMap(([url, times]) => times > 1 ? [url] : []);
    assertEquals(again.filter((url) => fetchedBefore.has(url)), []);
    // Those that were executing at the kill.
    const atOnce = WEB.hosts * concurrency;
    assert(again.length <= atOnce && Math.max(...fetched.values()) <= 2, `${again.length} again`);
  });

  await test.step("each host is asked for few pages at once", () => {
    const most = [...arrivals.mostAtOnce().values()];
    assertEquals(most.length, WEB.hosts);
    assertLessOrEqual(Math.max(...most), concurrency);
  });

  await test.step("each host is asked for few pages in a period", () => {
    const times = [...attemptsIn(file, web.start).values()];
    assertEquals(times.length, WEB.hosts);
    const spans = times.map((times) => shortest(times, rate.limit + 1));
    assertGreaterOrEqual(Math.min(...spans), rate.per - EARLY_MS);
    // The requests that were not committed before the kill are known only to the server.
    const atServer = [
      ...arrivals.shortestSpan(rate.limit + 1, 0, killedAt).values(),
      ...arrivals.shortestSpan(rate.limit + 1, killedAt).values(),
    ];
    assertGreaterOrEqual(Math.min(...atServer), rate.per * AT_SERVER);
  });

  await test.step("Retry-After is obeyed, also across the kill", () => {
    // An answer that was not committed before the kill is unknown afterwards, and its page is requested at once.
    const known = arrivals.waitsAfter(429).filter(({ url, from, to }) =>
      from > killedAt || to < killedAt || retriedBefore.has(url)
    );
    assertGreater(known.length, 0);
    const least = Math.min(...known.map(({ from, to }) => to - from));
    assertGreaterOrEqual(least, WEB.retryAfter * 1_000 - EARLY_MS);
  });

  await test.step("the same command after the end requests nothing", async () => {
    const requests = arrivals.all().length;
    const again = await runCrawler(web.start, file);
    assertEquals([again.code, again.stderr], [0, ""]);
    assertEquals(again.stdout.trimEnd().split("\n").at(-1), lastLine);
    assertEquals(arrivals.all().length, requests);
  });
});

Deno.test("examples/crawler/main.ts refuses a command without a URL", async () => {
  using folder = new Folder();
  const { code, stdout, stderr } = await runCrawler("nowhere", folder.path("crawl.db"));
  assertEquals([code, stdout], [2, ""]);
  assertEquals(stderr, "crawler: the first argument must be a URL, as http://127.0.0.1:8000/\n");
});

/** Returns the URLs of the pages that are committed in a file. */
function fetchedIn(file: string, jobId: string): Set<string> {
  const titles = Object.entries(sharedDataIn(file, jobId));
  return new Set(titles.flatMap(([url, title]) => title === null ? [] : [url]));
}

function sharedDataIn(file: string, jobId: string): Readonly<Record<string, unknown>> {
  return replay(eventsIn(file, jobId)).sharedData;
}

/** Returns the URLs of the pages whose retry is committed in a file. */
function retriedIn(file: string, jobId: string): Set<string> {
  return new Set(
    eventsIn(file, jobId).flatMap((event) =>
      event.type === "activation_retrying" ? [event.error.message.split(" ")[0] ?? ""] : []
    ),
  );
}

/** Returns the times at which the attempts in a file have begun, measured in the worker, by host. */
function attemptsIn(file: string, jobId: string): Map<string, number[]> {
  const events = eventsIn(file, jobId);
  const hosts = new Map<string, string>();
  for (const { activationId, payload } of events.flatMap(queuedBy)) {
    hosts.set(activationId, new URL(String(payload)).host);
  }
  const times = Map.groupBy(
    replay(events).spans,
    ({ activationId }) => hosts.get(activationId) ?? "",
  );
  return new Map(
    [...times].map(([host, spans]) => [host, spans.map(({ startedAt }) => startedAt)]),
  );
}

function queuedBy(event: JobEvent): readonly Activation[] {
  if (event.type === "job_started") return event.activation === undefined ? [] : [event.activation];
  return event.type === "activation_completed" ? event.queued : [];
}

/** Returns the shortest time between the first and the last of a number of successive times. */
function shortest(times: readonly number[], count: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  const spans = sorted.slice(count - 1).map((time, i) => time - (sorted[i] ?? NaN));
  return Math.min(...spans);
}

function eventsIn(file: string, jobId: string): readonly JobEvent[] {
  using store = new SqliteStore(file, { readOnly: true });
  return store.read(jobId)?.events ?? [];
}

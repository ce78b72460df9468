import type { CrawlLimits, HostLimits } from "../../examples/crawler/flow.ts";
import { LoopbackWeb, type WebOptions } from "../../examples/crawler/loopback_web.ts";
import { denoRun, ROOT } from "../harness/deno_process.ts";
import type { CrawlSample } from "./measure_crawl.ts";

/** The crawlers. */
export const CRAWLERS = {
  "loop": { program: "plain_loop.ts", isPolite: false, isDurable: false },
  "flow": { program: "flow_process.ts", isPolite: false, isDurable: false },
  "flow, journal": { program: "flow_process.ts", isPolite: false, isDurable: true },
  "loop, per host": { program: "plain_loop.ts", isPolite: true, isDurable: false },
  "flow, per host": { program: "flow_process.ts", isPolite: true, isDurable: false },
} as const;

/** The name of one of them. */
export type Crawler = keyof typeof CRAWLERS;

/** A web and the limits of its crawl. */
export interface CrawlSize extends WebOptions {
  /** The maximum number of requests at once. */
  readonly concurrency: number;
  /** The limits of each host, for crawlers with such limits. */
  readonly perHost: HostLimits;
}

/** The crawl of the benchmark, and a smaller one to try it. */
export function crawlSize(quick: boolean): CrawlSize {
  return {
    pages: quick ? 200 : 2_000,
    hosts: 8,
    seed: 1,
    concurrency: 32,
    perHost: { concurrency: 4, rate: { limit: 40, per: 1_000 } },
  };
}

/**
 * Crawls a web that is served by this process, in a process of its own.
 *
 * @param crawler The crawler.
 * @param size The size of the crawl.
 * @param folder The folder for a journal.
 * @param flags Further flags of Deno for its process.
 * @throws {Error} Unless each page was fetched once, with no more requests at once than allowed.
 */
export async function runCrawl(
  crawler: Crawler,
  size: CrawlSize,
  folder: string,
  flags: readonly string[] = [],
): Promise<CrawlSample> {
  await using web = new LoopbackWeb(size);
  const { program, isPolite, isDurable } = CRAWLERS[crawler];
  const { concurrency, perHost } = size;
  const limits: CrawlLimits = { concurrency, ...isPolite && { perHost } };
  const file = isDurable ? [`${folder}/${crypto.randomUUID()}.db`] : [];
  const args = [web.start, JSON.stringify(limits), ...file];
  const [run = "", ...rest] = denoRun(`bench/crawl/${program}`, ...args);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [run, ...flags, ...rest],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${crawler} failed`);
  const sample: CrawlSample = JSON.parse(new TextDecoder().decode(stdout));

  const expect = (what: string, found: number, expected: number) => {
    if (found !== expected) throw new Error(`${crawler}: ${found} ${what}, not ${expected}`);
  };
  const times = web.arrivals.fetched();
  expect("pages with a title", sample.pages, size.pages);
  expect("dead links", sample.dead, web.deadUrls().length);
  expect("pages fetched", times.size, size.pages);
  expect("fetches of one page", Math.max(...times.values()), 1);
  expect("requests", web.arrivals.all().length, web.requests);
  const atMost = (what: string, found: number, most: number) => {
    if (found > most) throw new Error(`${crawler}: ${found} ${what}, of at most ${most}`);
  };
  const all = web.arrivals.mostAtOnce(() => "").get("") ?? 0;
  atMost("requests at once", all, concurrency);
  if (isPolite) {
    const most = Math.max(...web.arrivals.mostAtOnce().values());
    atMost("requests at once at a host", most, perHost.concurrency);
  }
  return sample;
}

import { LoopbackWeb } from "../../examples/crawler/loopback_web.ts";
import { denoRun, ROOT } from "../harness/deno_process.ts";
import type { CrawlSample } from "./measure_crawl.ts";

/** The crawlers, with their programs. */
export const CRAWLERS = {
  "plain loop": "bench/crawl/plain_loop.ts",
  "flow": "bench/crawl/flow_process.ts",
  "flow, journal": "bench/crawl/flow_process.ts",
} as const;

/** The name of one of them. */
export type Crawler = keyof typeof CRAWLERS;

/** The size of a crawl. */
export interface CrawlSize {
  readonly pages: number;
  readonly hosts: number;
  /** The number of requests at once. */
  readonly concurrency: number;
  readonly seed: number;
}

/**
 * Crawls a web that is served by this process, in a process of its own.
 *
 * @param crawler The crawler.
 * @param size The size of the crawl.
 * @param folder The folder for a journal.
 * @throws {Error} Unless each page was fetched once, with no more requests at once than allowed.
 */
export async function runCrawl(
  crawler: Crawler,
  size: CrawlSize,
  folder: string,
): Promise<CrawlSample> {
  await using web = new LoopbackWeb(size);
  const file = crawler === "flow, journal" ? [`${folder}/${crypto.randomUUID()}.db`] : [];
  const program = CRAWLERS[crawler];
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: denoRun(program, web.start, String(size.concurrency), ...file),
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
  const most = web.arrivals.mostAtOnce(() => "all hosts").get("all hosts") ?? 0;
  if (most > size.concurrency) throw new Error(`${crawler}: ${most} requests at once`);
  return sample;
}

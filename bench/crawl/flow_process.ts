/**
 * The crawler of the examples, in memory or with a journal.
 *
 * @module
 */

import { crawlerFlow, type CrawlLimits } from "../../examples/crawler/flow.ts";
import { type Crawled, measureCrawl } from "./measure_crawl.ts";

async function crawl(
  start: string,
  limits: CrawlLimits,
  file: string | undefined,
  ready: () => void,
): Promise<Crawled> {
  // Imported only if it is used, as it takes memory.
  const store = file && new (await import("@millrace/flow/sqlite")).SqliteStore(file);
  await using flow = crawlerFlow(limits, store || undefined);
  await flow.preload();
  ready();
  const { status, error, sharedData } = await flow.execute("fetch.url", start);
  if (status !== "completed") throw error;
  const titles = new Map<string, string>();
  let dead = 0;
  for (const [url, title] of Object.entries(sharedData)) {
    if (typeof title === "string") titles.set(url, title);
    else dead++;
  }
  return { titles, dead };
}

if (import.meta.main) {
  const [start = "", limits = "", file] = Deno.args;
  await measureCrawl((ready) => crawl(start, JSON.parse(limits), file, ready));
}

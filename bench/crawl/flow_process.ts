/**
 * The crawler of the examples, in memory or with a journal.
 *
 * @module
 */

import { crawlerFlow } from "../../examples/crawler/flow.ts";
import { type Crawled, measureCrawl } from "./measure_crawl.ts";

async function crawl(
  start: string,
  concurrency: number,
  file: string | undefined,
  ready: () => void,
): Promise<Crawled> {
  // Imported only if it is used, as it takes memory.
  const store = file && new (await import("@millrace/flow/sqlite")).SqliteStore(file);
  await using flow = crawlerFlow({ concurrency }, store || undefined);
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
  const [start = "", concurrency, file] = Deno.args;
  await measureCrawl((ready) => crawl(start, Number(concurrency), file, ready));
}

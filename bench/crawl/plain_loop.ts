/**
 * The crawler that is written in half an hour: an array as a queue, a set of URLs, a number of requests at once, and a
 * timer for each retry. It has no limit per host, and forgets everything when its process ends.
 *
 * @module
 */

import { linksOf, retryAfterOf, titleOf } from "../../examples/crawler/page.ts";
import { type Crawled, measureCrawl } from "./measure_crawl.ts";

/** The policy of the flow that it is compared with. */
const RETRIES = 5, DELAY_MS = 200;

interface Visit {
  readonly url: string;
  /** The number of attempts that have failed. */
  readonly failed: number;
}

/** Crawls all pages that can be reached from a URL. */
function crawl(start: string, concurrency: number): Promise<Crawled> {
  const titles = new Map<string, string>();
  const seen = new Set([start]);
  const queue: Visit[] = [{ url: start, failed: 0 }];
  const { promise, resolve } = Promise.withResolvers<Crawled>();
  let executing = 0, waiting = 0, dead = 0;

  const next = () => {
    while (executing < concurrency) {
      const visit = queue.shift();
      if (visit === undefined) break;
      executing++;
      void fetchPage(visit);
    }
    if (executing + waiting === 0) resolve({ titles, dead });
  };

  const fetchPage = async ({ url, failed }: Visit) => {
    const response = await fetch(url);
    if (response.ok) {
      const text = await response.text();
      titles.set(url, titleOf(text));
      for (const link of linksOf(text, url)) {
        if (seen.has(link)) continue;
        seen.add(link);
        queue.push({ url: link, failed: 0 });
      }
    } else {
      await response.body?.cancel();
      const isBusy = response.status === 429 || response.status >= 500;
      if (isBusy && failed < RETRIES) {
        waiting++;
        setTimeout(() => {
          waiting--;
          queue.push({ url, failed: failed + 1 });
          next();
        }, retryAfterOf(response.headers) ?? DELAY_MS * 2 ** failed);
      } else dead++;
    }
    executing--;
    next();
  };

  next();
  return promise;
}

if (import.meta.main) {
  const [start = "", concurrency] = Deno.args;
  await measureCrawl((ready) => {
    ready();
    return crawl(start, Number(concurrency));
  });
}

/**
 * The crawler that a programmer writes without a library: arrays as queues, a set of URLs, a number of requests at once,
 * and a timer for each retry. It forgets everything when its process ends.
 *
 * @module
 */

import type { CrawlLimits } from "../../examples/crawler/flow.ts";
import { linksOf, retryAfterOf, titleOf } from "../../examples/crawler/page.ts";
import { type Crawled, measureCrawl } from "./measure_crawl.ts";

/** The policy of the flow that it is compared with. */
const RETRIES = 5, DELAY_MS = 200;

interface Visit {
  readonly url: string;
  /** The number of attempts that have failed. */
  readonly failed: number;
}

/** The pages of a host, or of all hosts if these have no limits. */
interface Line {
  readonly queue: Visit[];
  executing: number;
  /** The times of the last requests, of which there are at most as many as the limit of the rate. */
  starts: number[];
  isWaking: boolean;
}

/** Crawls all pages that can be reached from a URL. */
function crawl(start: string, { concurrency, perHost }: CrawlLimits): Promise<Crawled> {
  const titles = new Map<string, string>();
  const seen = new Set([start]);
  const lines = new Map<string, Line>();
  const { promise, resolve } = Promise.withResolvers<Crawled>();
  let executing = 0, open = 0, dead = 0;

  const add = (url: string, failed: number) => {
    const key = perHost === undefined ? "" : new URL(url).host;
    const newLine = () => ({ queue: [], executing: 0, starts: [], isWaking: false });
    lines.getOrInsertComputed(key, newLine).queue.push({ url, failed });
  };

  const next = () => {
    for (const line of lines.values()) {
      while (executing < concurrency && line.executing < (perHost?.concurrency ?? Infinity)) {
        if (line.queue.length === 0 || isEarly(line)) break;
        const visit = line.queue.shift() as Visit;
        executing++;
        line.executing++;
        void fetchPage(visit, line);
      }
    }
    if (open === 0) resolve({ titles, dead });
  };

  /** Checks whether a line has to wait for its rate, and sets a timer for that. */
  const isEarly = (line: Line) => {
    if (perHost === undefined) return false;
    const { limit, per } = perHost.rate;
    const now = performance.now();
    line.starts = line.starts.filter((at) => at + per > now);
    const [oldest] = line.starts;
    if (oldest === undefined || line.starts.length < limit) {
      line.starts.push(now);
      return false;
    }
    if (!line.isWaking) {
      line.isWaking = true;
      setTimeout(() => {
        line.isWaking = false;
        next();
      }, oldest + per - now);
    }
    return true;
  };

  const fetchPage = async ({ url, failed }: Visit, line: Line) => {
    const response = await fetch(url);
    if (response.ok) {
      const text = await response.text();
      titles.set(url, titleOf(text));
      for (const link of linksOf(text, url)) {
        if (seen.has(link)) continue;
        seen.add(link);
        open++;
        add(link, 0);
      }
    } else {
      await response.body?.cancel();
      const isBusy = response.status === 429 || response.status >= 500;
      if (isBusy && failed < RETRIES) {
        open++;
        setTimeout(() => {
          add(url, failed + 1);
          next();
        }, retryAfterOf(response.headers) ?? DELAY_MS * 2 ** failed);
      } else dead++;
    }
    executing--;
    line.executing--;
    open--;
    next();
  };

  open++;
  add(start, 0);
  next();
  return promise;
}

if (import.meta.main) {
  const [start = "", limits = ""] = Deno.args;
  await measureCrawl((ready) => {
    ready();
    return crawl(start, JSON.parse(limits));
  });
}

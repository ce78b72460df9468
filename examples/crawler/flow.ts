import { Flow } from "@millrace/flow";
import type { Store } from "@millrace/flow/store";
import { fetchPage } from "./routines.ts";

/** The limits of a crawl. */
export interface CrawlLimits {
  /** The number of pages that are fetched at once. */
  readonly concurrency: number;
}

/** Creates the flow of the crawler: a routine whose finds are its own next pages. */
export function crawlerFlow({ concurrency }: CrawlLimits, store?: Store) {
  return new Flow({ id: "crawler", maxWorkers: 1, concurrency, ...store && { store } })
    .add("fetch", fetchPage, {
      onError: { strategy: "retry", maxRetries: 5, delay: 200, then: "continue" },
      onErrorOf: { DeadLinkError: "continue" },
    })
    .connect("fetch.found", "fetch.url");
}

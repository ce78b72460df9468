import { Flow } from "@millrace/flow";
import type { Store } from "@millrace/flow/store";
import { fetchPage } from "./routines.ts";

/** The limits of a crawl. */
export interface CrawlLimits {
  /** The maximum number of pages that are fetched at once. */
  readonly concurrency: number;
  /** The limits of each host; none by default. */
  readonly perHost?: HostLimits;
  /** The maximum time that a page may take, in milliseconds; none by default. */
  readonly timeout?: number;
}

/** The limits of a host. */
export interface HostLimits {
  /** The maximum number of its pages that are fetched at once. */
  readonly concurrency: number;
  /** The maximum number of its pages that are requested in a period of milliseconds. */
  readonly rate: { readonly limit: number; readonly per: number };
}

/** Limits with which a crawler disturbs nobody: four pages of a host at once, and ten a second. */
export const POLITE: CrawlLimits = {
  concurrency: 64,
  perHost: { concurrency: 4, rate: { limit: 10, per: 1_000 } },
  timeout: 30_000,
};

/**
 * Creates the flow of the crawler: one routine, whose finds are its next pages. By default, an activation fails if three
 * processes have died while they executed it, as it might be the cause. Here somebody may just have killed them.
 */
export function crawlerFlow({ concurrency, perHost, timeout }: CrawlLimits, store?: Store) {
  const options = { id: "crawler", maxWorkers: 1, concurrency, maxCrashes: Infinity };
  return new Flow({ ...options, ...store && { store } })
    .add("fetch", fetchPage, {
      ...perHost && { ...perHost, limitBy: (url) => new URL(url).host },
      ...timeout !== undefined && { runTimeout: timeout },
      onError: { strategy: "retry", maxRetries: 5, delay: 200, then: "continue" },
      onErrorOf: { DeadLinkError: "continue" },
    })
    .connect("fetch.found", "fetch.url");
}

import { MemoryWatch } from "../harness/memory_watch.ts";

/** The pages of a crawl. */
export interface Crawled {
  /** The titles of the pages, by URL. */
  readonly titles: ReadonlyMap<string, string>;
  /** The number of URLs that lead nowhere. */
  readonly dead: number;
}

/** The measurements of a process that crawls. */
export interface CrawlSample {
  /** The number of pages with a title. */
  readonly pages: number;
  /** The number of URLs that lead nowhere. */
  readonly dead: number;
  /** The time of the crawl, including the start of workers, in milliseconds. */
  readonly time: number;
  /** The CPU time of the process until the end of the crawl, in milliseconds; 0 if the system does not report it. */
  readonly cpu: number;
  /** The memory before the first request, with all modules and workers loaded, in megabytes. */
  readonly floor: number;
  /** The maximum memory, in megabytes. */
  readonly peak: number;
}

/**
 * Measures a crawl, in a process of its own, and prints a {@linkcode CrawlSample}.
 *
 * @param crawl Crawls, and calls `ready` right before the first request.
 */
export async function measureCrawl(crawl: (ready: () => void) => Promise<Crawled>): Promise<void> {
  const watch = new MemoryWatch();
  const begun = performance.now();
  let floor = NaN;
  const { titles, dead } = await crawl(() => floor = Deno.memoryUsage().rss);
  const time = performance.now() - begun;
  const { peak } = watch.end();
  const sample: CrawlSample = {
    pages: titles.size,
    dead,
    time,
    cpu: await cpuTime(),
    floor: floor / 1e6,
    peak: peak / 1e6,
  };
  console.log(JSON.stringify(sample));
}

/** Returns the CPU time of this process, all threads together, in milliseconds. */
async function cpuTime(): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  const stat = await Deno.readTextFile("/proc/self/stat");
  // The fields after the name, which may contain spaces; times are in hundredths of a second.
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13)
    .map(Number);
  return (user + system) * 10;
}

/**
 * A crawler that is polite to each host, and can be killed at any time. It fetches all pages that can be reached from a
 * URL, each once, and stores its state in a file. The same command begins a crawl, resumes it, and prints its result:
 *
 *     deno run --allow-net --allow-read --allow-write examples/crawler/main.ts URL [FILE]
 *
 * `loopback_web.ts` serves something to crawl.
 *
 * @module
 */

import { monitor } from "@millrace/flow/monitor";
import { SqliteStore } from "@millrace/flow/sqlite";
import { crawlerFlow, POLITE } from "./flow.ts";

if (import.meta.main) {
  const [start = "", file = "crawl.db"] = Deno.args;
  if (!URL.canParse(start)) {
    console.error("crawler: the first argument must be a URL, as http://127.0.0.1:8000/");
    Deno.exit(2);
  }
  using store = new SqliteStore(file);
  await using flow = crawlerFlow(POLITE, store);
  await flow.recover();
  // Returns the existing job if the crawl was begun before, even if it has ended.
  const job = flow.start("fetch.url", new URL(start).href, { jobId: new URL(start).href });
  {
    using _view = monitor(flow);
    await job.waitForCompletion();
  }
  const pages = Object.values(job.sharedData).filter((title) => title !== null).length;
  const failed = job.errors.filter(({ name }) => name !== "DeadLinkError");
  const dead = job.errors.length - failed.length;
  console.log(`${job.status}: ${pages} pages, and ${dead} links that lead nowhere`);
  for (const { name, message } of failed) console.error(`${name}: ${message}`);
  if (job.status !== "completed" || failed.length > 0) Deno.exitCode = 1;
}

/**
 * Profiles a crawl by the loop and one by the flow, and prints the functions that took most of the time of each thread.
 *
 *     deno run -A bench/crawl/profile.ts
 *
 * @module
 */
import { bold, dim } from "@std/fmt/colors";
import { printProfiles } from "../harness/print_profiles.ts";
import { crawlSize, runCrawl } from "./run_crawl.ts";

for (const crawler of ["loop", "flow"] as const) {
  const folder = await Deno.makeTempDir();
  try {
    const flags = ["--cpu-prof", `--cpu-prof-dir=${folder}`];
    const sample = await runCrawl(crawler, crawlSize(false), folder, flags);
    console.log(`\n${bold(crawler)} ${dim(JSON.stringify(sample))}`);
    await printProfiles(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Measures a crawl against a plain loop with the same number of requests at once: `deno task bench:crawl`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { bold, dim, green, red } from "@std/fmt/colors";
import { dirname } from "node:path";
import { describeMachine } from "../harness/machine.ts";
import { medianOf, type Spread, spreadOf } from "../harness/stats.ts";
import type { CrawlSample } from "./measure_crawl.ts";
import { type Crawler, CRAWLERS, crawlSize, runCrawl } from "./run_crawl.ts";

/** The maximum time and memory of a flow in memory, as ratios to those of the loop with the same limits. */
const GOALS = { time: 1.1, peak: 2 } as const;

/** The flows in memory, which are compared with the goals. */
const IN_MEMORY: readonly Crawler[] = ["flow", "flow, per host"];

const COLUMNS = [
  ["time", "ms"],
  ["cpu", "CPU ms"],
  ["floor", "floor MB"],
  ["peak", "peak MB"],
] as const satisfies readonly (readonly [keyof CrawlSample, string])[];

/** The figures of a crawler, and their ratios to those of the loop with the same limits. */
interface CrawlerResult {
  readonly crawler: Crawler;
  readonly figures: Readonly<Record<typeof COLUMNS[number][0], Spread>>;
  /** The medians of the ratios within one round, as the speed of the machine varies. */
  readonly ratios: Readonly<Record<typeof COLUMNS[number][0], number>>;
}

const { quick, json } = parseArgs(Deno.args, {
  string: ["json"],
  boolean: ["quick"],
  default: { json: "bench/results/crawl.json" },
});

const size = crawlSize(quick);
const rounds = quick ? 2 : 7;
const folder = await Deno.makeTempDir({ prefix: "millrace_crawl_" });
try {
  const crawlers = resultsOf(await measure(folder));
  const goals = crawlers.filter(({ crawler }) => IN_MEMORY.includes(crawler)).flatMap(
    ({ crawler, ratios }) =>
      Object.entries(GOALS).map(([name, most]) => {
        const value = ratios[name as keyof typeof GOALS];
        return { name: `${name}, ${crawler}`, value, most, passed: value <= most };
      }),
  );
  console.log([
    bold(`Crawl of ${size.pages} pages, ${size.concurrency} requests at once`),
    dim(`  ${"".padEnd(16)}${COLUMNS.map(([, title]) => title.padStart(18)).join("")}`),
    ...crawlers.map(({ crawler, figures, ratios }) =>
      `  ${crawler.padEnd(16)}${
        COLUMNS.map(([key]) =>
          `${figures[key].median.toFixed(0)} (× ${ratios[key].toFixed(2)})`.padStart(18)
        ).join("")
      }`
    ),
    bold("Goals"),
    ...goals.map(({ name, value, most, passed }) =>
      `  ${passed ? green("reached") : red("missed ")} ${name}: ${
        value.toFixed(2)
      } (at most ${most})`
    ),
  ].join("\n"));
  const results = {
    date: new Date().toISOString(),
    command: "deno task bench:crawl",
    machine: describeMachine(),
    quick,
    rounds,
    size,
    goals,
    crawlers,
  };
  await Deno.mkdir(dirname(json), { recursive: true });
  await Deno.writeTextFile(json, `${JSON.stringify(results, null, 2)}\n`);
  console.log(dim(`written to ${json}`));
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Measures each crawler once in each round, beginning with a different one each time. */
async function measure(folder: string): Promise<Map<Crawler, CrawlSample[]>> {
  const names = Object.keys(CRAWLERS) as Crawler[];
  const samples = new Map<Crawler, CrawlSample[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      console.error(dim(`round ${round + 1} of ${rounds}, ${name}`));
      samples.get(name)?.push(await runCrawl(name, size, folder));
    }
  }
  return samples;
}

function resultsOf(samples: ReadonlyMap<Crawler, readonly CrawlSample[]>): CrawlerResult[] {
  return [...samples].map(([crawler, all]) => {
    const loop = samples.get(CRAWLERS[crawler].isPolite ? "loop, per host" : "loop") ?? [];
    const record = <Value>(valueOf: (key: typeof COLUMNS[number][0]) => Value) =>
      Object.fromEntries(COLUMNS.map(([key]) => [key, valueOf(key)])) as Record<
        typeof COLUMNS[number][0],
        Value
      >;
    return {
      crawler,
      figures: record((key) => spreadOf(all.map((sample) => sample[key]))),
      ratios: record((key) =>
        medianOf(all.map((sample, i) => sample[key] / (loop[i]?.[key] ?? NaN)))
      ),
    };
  });
}

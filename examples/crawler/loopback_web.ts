/**
 * A small web on the loopback, for the crawler to crawl: pages with links on several hosts, which differ by their
 * ports. Pages take their time, some fail at first, and some ask to come back later. Which ones, depends on the seed
 * alone. Run as a program, this file serves such a web until Ctrl-C:
 *
 *     deno run --allow-net=127.0.0.1 examples/crawler/loopback_web.ts [PAGES] [HOSTS] [SEED]
 *
 * Tests and the benchmark serve it in their own process, and ask its `arrivals` what was requested.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { Arrivals } from "./arrivals.ts";

/** The contents of a web. */
export interface WebOptions {
  /** The number of pages, all of which can be reached from the first one. */
  readonly pages: number;
  /** The number of hosts, over which the pages are distributed. */
  readonly hosts: number;
  /** The number that determines links, latencies and failures. */
  readonly seed: number;
  /**
   * The number of seconds in the `Retry-After` of a page that asks to come back later.
   *
   * @default {1}
   */
  readonly retryAfter?: number;
}

/** The shortest and the longest time until a page is answered, in milliseconds. */
const LATENCY = [20, 200] as const;

/** The pages that each page links to first, so that all can be reached. */
const CHILDREN = 4;

/** The links of each page besides those to its children. */
const CROSS_LINKS = 6;

/** The answers before the page itself, each with the share of pages that begin with it. */
const TROUBLES: readonly (readonly [share: number, answers: readonly number[]])[] = [
  [0.04, [500]],
  [0.01, [500, 500]],
  [0.03, [429]],
  [0.01, [429, 500]],
];

/** The share of pages with a link that leads nowhere. */
const DEAD_LINKS = 0.02;

const FILLER = "The water comes down the race, and the wheel turns as long as it does. ".repeat(
  220,
);

/** A web that is being served, until it is disposed. */
export class LoopbackWeb implements AsyncDisposable {
  /** The requests so far. */
  readonly arrivals: Arrivals = new Arrivals();
  /** The hosts, as in URLs. */
  readonly hosts: readonly string[];
  readonly #options: WebOptions;
  readonly #servers: readonly Deno.HttpServer<Deno.NetAddr>[];

  /**
   * Serves a web.
   *
   * @param options Its contents.
   */
  constructor(options: WebOptions) {
    this.#options = options;
    this.#servers = Array.from(
      { length: options.hosts },
      (_, host) =>
        Deno.serve(
          { hostname: "127.0.0.1", port: 0, onListen: () => {} },
          (request) => this.#answer(request, host),
        ),
    );
    this.hosts = this.#servers.map(({ addr }) => `127.0.0.1:${addr.port}`);
  }

  /** The URL of the first page. */
  get start(): string {
    return this.urlOf(0);
  }

  /** Returns the URL of a page. */
  urlOf(page: number): string {
    return `http://${this.hosts[page % this.#options.hosts]}/${page}`;
  }

  /** Returns the URLs of all pages. */
  urls(): string[] {
    return Array.from({ length: this.#options.pages }, (_, page) => this.urlOf(page));
  }

  /** Returns the URLs that are linked to, but lead nowhere. */
  deadUrls(): string[] {
    return Array.from({ length: this.#options.pages }, (_, page) => this.#linksOf(page)).flat()
      .filter((page) => page >= this.#options.pages).map((page) => this.urlOf(page));
  }

  /** Returns the number of requests that a crawl makes: one for each page and dead link, and those that fail. */
  get requests(): number {
    const { pages, seed } = this.#options;
    let requests = pages + this.deadUrls().length;
    for (let page = 0; page < pages; page++) requests += troublesOf(seed, page).length;
    return requests;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.shutdown()));
  }

  async #answer({ url }: Request, host: number): Promise<Response> {
    const { pages, hosts, seed, retryAfter = 1 } = this.#options;
    const page = Number(new URL(url).pathname.slice(1));
    const arrival = this.arrivals.begin(url, this.hosts[host] ?? "");
    const earlier = this.arrivals.answered(url);
    const [least, most] = LATENCY;
    await delay(least + chance(seed, page, earlier) * (most - least));
    const isDead = !(page < pages && page % hosts === host);
    const status = isDead ? 404 : troublesOf(seed, page)[earlier] ?? 200;
    arrival.end(status);
    if (status === 200) return html(this.#textOf(page));
    const headers = { ...status === 429 && { "retry-after": String(retryAfter) } };
    return new Response(`status ${status}`, { status, headers });
  }

  #textOf(page: number): string {
    const links = this.#linksOf(page).map((to) => `<li><a href="${this.urlOf(to)}">${to}</a></li>`);
    const filler = FILLER.slice(
      0,
      Math.round(chance(this.#options.seed, page, -1) * FILLER.length),
    );
    return `<!doctype html><title>Page ${page}</title><ul>${links.join("\n")}</ul><p>${filler}</p>`;
  }

  #linksOf(page: number): number[] {
    const { pages, seed } = this.#options;
    const children = Array.from({ length: CHILDREN }, (_, i) => CHILDREN * page + 1 + i);
    const others = Array.from(
      { length: CROSS_LINKS },
      (_, i) => Math.floor(chance(seed, page, -2 - i) * pages),
    );
    const dead = chance(seed, page, -100) < DEAD_LINKS ? [pages + page] : [];
    return [...children.filter((child) => child < pages), ...others, ...dead];
  }
}

/** Returns the statuses with which a page is answered before it succeeds. */
export function troublesOf(seed: number, page: number): readonly number[] {
  let left = chance(seed, page, -200);
  for (const [share, answers] of TROUBLES) {
    if (left < share) return answers;
    left -= share;
  }
  return [];
}

/** Returns a number from 0 to below 1 that depends only on the given numbers (FNV-1a, then mixed). */
function chance(...numbers: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const number of numbers) {
    hash = Math.imul(hash ^ number, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  }
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function html(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/html; charset=utf-8" } });
}

if (import.meta.main) {
  const [pages = 500, hosts = 5, seed = 1] = Deno.args.map(Number);
  const web = new LoopbackWeb({ pages, hosts, seed });
  console.log(`serving ${pages} pages on ${hosts} hosts; the first is ${web.start}`);
}

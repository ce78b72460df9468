// The parts of an answer that a crawler needs.

/** Returns the title of a page. */
export function titleOf(text: string): string {
  return text.match(/<title>([^<]*)/i)?.[1]?.trim() ?? "";
}

/** Returns the URLs that a page links to, each once. */
export function linksOf(text: string, base: string): Set<string> {
  const links = new Set<string>();
  for (const [, href = ""] of text.matchAll(/<a\s[^>]*?href="([^"#]*)/gi)) {
    const url = URL.parse(href, base);
    if (url?.protocol === "http:" || url?.protocol === "https:") links.add(url.href);
  }
  return links;
}

/** Returns the milliseconds that the header `Retry-After` asks for, which contains seconds or a date. */
export function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

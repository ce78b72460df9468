import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { linksOf, retryAfterOf, titleOf } from "./page.ts";

/** A page that cannot be had now, but perhaps later. */
export class BusyError extends Error {
  override readonly name = "BusyError";
  /** The time after which the server asks to come back, in milliseconds. The retry policy obeys it. */
  readonly retryAfter?: number;

  constructor(message: string, retryAfter: number | undefined) {
    super(message);
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}

/** A page that cannot be had at all, so that asking again is of no use. */
export class DeadLinkError extends Error {
  override readonly name = "DeadLinkError";
}

/**
 * Fetches a page and finds the links on it. The job's shared data has a key for each URL that was found: `null` first,
 * then the title of its page. The update lets only the first page that links to a URL emit it, and all of this becomes
 * visible together. A page that was found is therefore fetched once, whenever the crawler is killed.
 */
export const fetchPage = defineRoutine(import.meta, {
  slots: { url: slot<string>() },
  events: { found: event<string>() },
  handlers: {
    async url(url, ctx) {
      const response = await fetch(url, { signal: ctx.signal });
      if (!response.ok) {
        await response.body?.cancel();
        throw errorOf(response);
      }
      const text = await response.text();
      // Not `set`: it would not wait for another page that is just updating this key, and could be replaced by it.
      await ctx.sharedData.update<string | null>(url, () => titleOf(text));
      for (const link of linksOf(text, url)) {
        await ctx.sharedData.update<string | null>(link, (title) => {
          if (title === undefined) ctx.emit("found", link);
          return title ?? null;
        });
      }
    },
  },
});

/** Returns the reason for which an answer has no page. */
function errorOf({ status, headers, url }: Response): Error {
  const message = `${url} was answered with ${status}`;
  if (status !== 429 && status < 500) return new DeadLinkError(message);
  return new BusyError(message, retryAfterOf(headers));
}

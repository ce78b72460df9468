import type { JSX } from "preact";
import type { FeedState } from "../api/event_feed.ts";

const TEXTS: Readonly<Partial<Record<FeedState, string>>> = {
  lost: "The connection is lost, so the numbers may be old. Trying again…",
  gone: "The server no longer has this flow. The last numbers are shown.",
};

/** Shows that the connection is lost, until it is back. */
export function ConnectionState({ state }: { state: FeedState }): JSX.Element {
  const text = TEXTS[state];
  return (
    <div role="status" class={text === undefined ? "connection" : "connection is-lost"}>
      {text}
    </div>
  );
}

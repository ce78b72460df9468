// The stream of the dashboard's page: it goes on where it was, whatever happens to a connection.

import { assertEquals } from "@std/assert";
import { EventFeed, type FeedState } from "../../client/api/event_feed.ts";
import { RequestError } from "../../client/api/request_error.ts";

/** A connection: events as text, or an error. It stays open if `isOpen` is set. */
interface Connection {
  readonly text?: string;
  readonly error?: Error;
  readonly isOpen?: boolean;
}

/** Follows connections, one after the other, until the feed has had them all or has ended. */
async function followed(connections: readonly Connection[], maxSilence = 60_000) {
  const states: FeedState[] = [];
  const events: string[] = [];
  const ids: (string | null)[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const feed = new EventFeed("stream", {
    onEvent: (type, data) => events.push(`${type} ${data}`),
    onState: (state) => {
      states.push(state);
      if (state !== "connecting" && state !== "live" && state !== "lost") resolve();
    },
  }, {
    maxSilence,
    connect(_, { headers, signal }) {
      ids.push(new Headers(headers).get("last-event-id"));
      const { text = "", error, isOpen = false } = connections[ids.length - 1] ?? {};
      if (ids.length > connections.length) resolve();
      if (error !== undefined) return Promise.reject(error);
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          if (text !== "") controller.enqueue(new TextEncoder().encode(text));
          if (!isOpen) return controller.close();
          signal?.addEventListener("abort", () => controller.error(signal.reason));
        },
      });
      return Promise.resolve(new Response(body));
    },
  });
  await promise;
  feed.close();
  return { states, events, ids };
}

Deno.test("EventFeed connects again after an orderly end", async () => {
  const { states, events, ids } = await followed([
    { text: "id: 4\nevent: job\ndata: a\n\nevent: job\nda" },
    { text: "id: 5\nevent: job\ndata: b\n\nevent: end\ndata: {}\n\n", isOpen: true },
  ]);
  assertEquals(states, ["connecting", "live", "live", "ended"]);
  assertEquals(events, ["job a", "job b"]);
  assertEquals(ids, [null, "4"]);
});

Deno.test("EventFeed reports a lost connection until it is back", async () => {
  const { states, ids } = await followed([
    { text: "id: 1\ndata: a\n\n" },
    { error: new RequestError("The server does not answer.", 0) },
    { text: "event: end\ndata: {}\n\n" },
  ]);
  assertEquals(states, ["connecting", "live", "lost", "live", "ended"]);
  assertEquals(ids, [null, "1", "1"]);
});

Deno.test("EventFeed gives up a silent connection", async () => {
  const { states } = await followed([
    { text: ": \n\n", isOpen: true },
    { text: "event: end\ndata: {}\n\n" },
  ], 50);
  assertEquals(states, ["connecting", "live", "lost", "live", "ended"]);
});

Deno.test("EventFeed ends when the server refuses it", async () => {
  const refused = await followed([{ error: new RequestError("wrong token", 401) }]);
  assertEquals(refused.states, ["connecting", "refused"]);
  const gone = await followed([{ error: new RequestError("no such job", 404) }]);
  assertEquals(gone.states, ["connecting", "gone"]);
});

Deno.test("EventFeed.close() ends it without a state", async () => {
  const { states } = await followed([{ text: "data: a\n\n" }]);
  assertEquals(states[0], "connecting");
  assertEquals(states.includes("ended"), false);
});

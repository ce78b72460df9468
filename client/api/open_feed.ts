import { request } from "./api_client.ts";
import { EventFeed, type FeedReceiver } from "./event_feed.ts";

/** The server sends a comment after five seconds without events. */
const MAX_SILENCE = 20_000;

/**
 * Follows a stream of the API. It is read by `fetch`, as an `EventSource` cannot send the token in a header.
 *
 * @param path The path in the API.
 * @param receiver Receives events and states.
 */
export function openFeed(path: string, receiver: FeedReceiver): EventFeed {
  return new EventFeed(path, receiver, { connect: request, maxSilence: MAX_SILENCE });
}

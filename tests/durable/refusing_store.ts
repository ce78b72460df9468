import type { JobEvent } from "@millrace/flow";
import { StoreValueError } from "@millrace/flow/errors";
import { SqliteStore } from "@millrace/flow/sqlite";
import { encodeEvent } from "../../src/store/event_encoding.ts";

/**
 * A store whose limit is small enough for a test: what an event takes, without its error, which it keeps
 * of any size.
 */
export class RefusingStore extends SqliteStore {
  /** The limit, in characters and bytes of one event. */
  static readonly LIMIT: number = 20_000;

  override prepare(events: readonly JobEvent[]): void {
    for (const event of events) {
      const { size } = encodeEvent("error" in event ? { ...event, error: SMALL } : event);
      if (size > RefusingStore.LIMIT) {
        throw new StoreValueError(
          event.type,
          `takes ${size}, and ${RefusingStore.LIMIT} is the most`,
        );
      }
    }
    super.prepare(events);
  }
}

const SMALL = { name: "Error", message: "" };

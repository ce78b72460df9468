import type { JobEvent } from "@millrace/flow";
import { decodeEvents, encodeEvent, rowOf } from "../../src/store/event_encoding.ts";
import { decodeValue } from "../../src/store/value_encoding.ts";

/** Events as a file has them in one row, and what becomes of them when they are read. */
export function encoded(events: readonly JobEvent[]) {
  const each = events.map(encodeEvent);
  const row = rowOf(each);
  const cells = new Map(each.map(({ seq, cells }) => [seq, new Map(cells.entries())]));
  return {
    ...row,
    cells: each.flatMap(({ cells }) => cells),
    decoded: (jobId: string, isThere = true): JobEvent[] =>
      decodeEvents(jobId, row, (seq) => {
        const found = [...cells.get(seq) ?? []]
          .filter(([, { receivers }]) => isThere || receivers === undefined);
        return new Map(found.map(([place, cell]) => [place, decodeValue(cell)]));
      }),
  };
}

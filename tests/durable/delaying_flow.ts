import { Flow, type FlowOptions } from "@millrace/flow";
import { note, postpone } from "../routines/delays.ts";

/** A flow whose source emits with delays. */
export function delaying(options: FlowOptions) {
  return new Flow({ id: "delaying", maxWorkers: 1, ...options })
    .add("postpone", postpone)
    .add("note", note, { queueTimeout: 600_000 })
    .connect("postpone.item", "note.item");
}

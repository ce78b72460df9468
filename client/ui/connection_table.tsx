import type { JSX } from "preact";
import type { ConnectionSnapshot } from "../../src/run/run_snapshot.ts";
import { count } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "./data_table.tsx";

const COLUMNS: readonly Column<ConnectionSnapshot>[] = [
  { title: "From", cell: ({ from, event }) => oneLine(`${from}.${event}`), isHead: true },
  { title: "To", cell: ({ to, slot }) => oneLine(`${to}.${slot}`) },
  { title: "Delivered", cell: ({ delivered }) => count(delivered), isNumber: true },
];

/** Shows the payloads that each connection has delivered. */
export function ConnectionTable(
  { connections }: { connections: readonly ConnectionSnapshot[] },
): JSX.Element {
  return (
    <DataTable
      caption="Connections"
      columns={COLUMNS}
      rows={connections}
      keyOf={({ from, event, to, slot }) => JSON.stringify([from, event, to, slot])}
      empty="The flow has no connections."
    />
  );
}

// Draws the graph of a flow for a terminal, from top to bottom: a dot for each routine, a rail for each connection, and
// beside them the routine's name, notes on it and the targets of its events. The report shows counts as notes.

import type { Graph } from "../graph/graph.ts";
import { type ConnectionShape, type GraphShape, graphShapeOf } from "../run/graph_shape.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { Palette } from "../terminal/palette.ts";
import { table } from "../terminal/table.ts";
import { widthOf } from "../terminal/width_of.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/** The minimum width for showing the names of events and slots beside notes. */
const MIN_COLUMNS = 60;

interface Row {
  rail: string;
  id?: string;
  note?: string;
  connection?: ConnectionShape;
}

/**
 * Draws a graph from top to bottom: a dot for each routine, and a rail for each connection.
 *
 * @example Two routines
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { graphView } from "@millrace/flow/report";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * console.log(graphView(flow.graph).join("\n"));
 * // ●  fibonacci  result → total.number
 * // │
 * // ●  total
 * ```
 *
 * @param graph The graph of a flow, or of a report.
 */
export function graphView(
  graph: Graph | GraphShape,
  { noteOf = () => "", countOf = () => "", columns = COLUMNS, color = false }: GraphViewOptions =
    {},
): string[] {
  const palette = new Palette(color);
  const rows = rowsOf("nodes" in graph ? graphShapeOf(graph) : graph);
  // The rails show the connections as well.
  const hasNames = columns >= MIN_COLUMNS || rows.every(({ id = "" }) => noteOf(id) === "");
  const textOf = ({ event, to, slot }: ConnectionShape, hasSlot: boolean) =>
    excerpt(hasSlot ? `${event} → ${to}.${slot}` : `${event} → ${to}`, columns);
  const draw = (hasSlots: boolean) => {
    const cells = rows.map(({ rail, id, connection }) => {
      const wire = hasNames && connection ? textOf(connection, hasSlots) : "";
      const note = id === undefined ? "" : excerpt(noteOf(id), columns);
      const count = hasNames && connection ? excerpt(countOf(connection), columns) : "";
      return [
        palette.cyan(rail),
        id === undefined ? "" : palette.bold(excerpt(id, columns)),
        note && palette.dim(note),
        /^\$?error\b/.test(wire) ? palette.yellow(wire) : wire,
        count && palette.dim(count),
      ];
    });
    // A column without content takes no room.
    const used = [0, 1, 2, 3, 4].filter((i) => i < 2 || cells.some((row) => row[i] !== ""));
    const toRight = [used.indexOf(2), used.indexOf(4)];
    return table(cells.map((row) => used.map((i) => row[i] ?? "")), toRight);
  };
  const lines = draw(true);
  const isTooWide = lines.some((line) => widthOf(line) > columns);
  return (isTooWide ? draw(false) : lines).map((line) => clip(line, columns));
}

/** Options of {@linkcode graphView}. */
export interface GraphViewOptions extends ViewOptions {
  /** Returns the note beside a routine, such as the number of its activations. */
  readonly noteOf?: (routineId: string) => string;
  /** Returns the note beside a connection, such as the number of payloads. */
  readonly countOf?: (connection: ConnectionShape) => string;
}

function rowsOf({ routines, connections }: GraphShape): Row[] {
  const order = inOrder(routines.map(({ routineId }) => routineId), connections);
  const places = new Map(order.map((id, i) => [id, i]));
  const rows: Row[] = [];
  /** The target of each rail; `undefined` for rails that have ended. */
  let rails: (string | undefined)[] = [];

  order.forEach((id, position) => {
    const arriving = [...rails.keys()].filter((i) => rails[i] === id);
    const column = arriving[0] ?? freeRail(rails);
    if (arriving.length > 1) rows.push({ rail: bend(rails, column, arriving.slice(1), "╯", "┴") });
    for (const i of arriving) rails[i] = undefined;

    rails[column] = id;
    const own = rows.length;
    rows.push({
      rail: rails.map((to, i) => i === column ? "●" : to === undefined ? " " : "│").join(" "),
      id,
    });

    const leaving = connections.filter(({ from }) => from === id);
    // A connection back to a routine that is drawn already gets no rail, only its text.
    const ahead = [...new Set(leaving.map(({ to }) => to))]
      .filter((to) => (places.get(to) ?? -1) > position);
    rails[column] = ahead[0];
    const opened: number[] = [];
    for (const to of ahead.slice(1)) {
      const rail = freeRail(rails, column + 1);
      rails[rail] = to;
      opened.push(rail);
    }
    const next = order[position + 1];
    const isStraightOn = next !== undefined && rails[column] === next &&
      rails.filter((to) => to === next).length === 1;
    if (opened.length > 0) rows.push({ rail: bend(rails, column, opened, "╮", "┬") });
    else if (isStraightOn) rows.push({ rail: plain(rails) });
    // The connections are listed beside the routine and the following rows, of which there may be too few.
    const beside = rows.slice(own);
    for (const connection of leaving) {
      const row = beside.shift() ?? rows[rows.push({ rail: plain(rails) }) - 1];
      if (row !== undefined) row.connection = connection;
    }
    rails = rails.slice(0, rails.findLastIndex((to) => to !== undefined) + 1);
  });
  return rows;
}

/** Sorts routines topologically, as far as there are no cycles. */
function inOrder(ids: readonly string[], connections: GraphShape["connections"]): string[] {
  const left = new Set(ids);
  const order: string[] = [];
  while (left.size > 0) {
    const next = [...left].find((id) =>
      connections.every(({ from, to }) =>
        to !== id || from === id || !left.has(from)
      )
    ) ?? [...left][0] as string;
    left.delete(next);
    order.push(next);
  }
  return order;
}

/** Draws the rails of a row without a bend. */
function plain(rails: readonly (string | undefined)[]): string {
  return rails.map((to) => to === undefined ? " " : "│").join(" ");
}

/** Draws a rail that splits into others, or that others join. */
function bend(
  rails: readonly (string | undefined)[],
  column: number,
  others: readonly number[],
  last: string,
  middle: string,
): string {
  const end = Math.max(...others);
  let line = "";
  for (let i = 0; i < Math.max(rails.length, end + 1); i++) {
    const runs = rails[i] !== undefined;
    if (i === column) line += "├";
    else if (others.includes(i)) line += i === end ? last : middle;
    else if (i > column && i < end) line += runs ? "┼" : "─";
    else line += runs ? "│" : " ";
    line += i >= column && i < end ? "─" : " ";
  }
  return line.trimEnd();
}

function freeRail(rails: readonly (string | undefined)[], from = 0): number {
  for (let i = from; i < rails.length; i++) if (rails[i] === undefined) return i;
  return Math.max(from, rails.length);
}

import { bold, cyan, dim, yellow } from "@std/fmt/colors";
import { printable } from "./printable.ts";
import { table } from "./text.ts";

/** A graph, as returned by `flow.graph`. */
export interface GraphData {
  /** The routines. */
  readonly nodes: readonly {
    readonly id: string;
    readonly config: Readonly<Record<string, unknown>>;
  }[];
  /** The connections, as `routine.event` and `routine.slot`. */
  readonly connections: readonly { readonly from: string; readonly to: string }[];
}

interface Row {
  rail: string;
  id?: string;
  work?: string;
  wire?: string;
}

/**
 * Draws a graph from top to bottom: a dot for each routine, a rail for each connection, and beside
 * them the routine's name, its work and the targets of its events.
 */
export function graphView({ nodes, connections }: GraphData): string[] {
  const order = inOrder(nodes.map(({ id }) => id), connections);
  const configs = new Map(nodes.map(({ id, config }) => [id, config]));
  const rows: Row[] = [];
  /** The target of each rail; `undefined` for rails that have ended. */
  let rails: (string | undefined)[] = [];

  order.forEach((id, position) => {
    const arriving = [...rails.keys()].filter((i) => rails[i] === id);
    const column = arriving[0] ?? freeRail(rails);
    if (arriving.length > 1) rows.push({ rail: bend(rails, column, arriving.slice(1), "╯", "┴") });
    for (const i of arriving) rails[i] = undefined;

    rails[column] = id;
    const delay = configs.get(id)?.delayMs;
    rows.push({
      rail: rails.map((to, i) => i === column ? "●" : to === undefined ? " " : "│").join(" "),
      id,
      ...typeof delay === "number" && { work: `${delay} ms` },
    });

    const leaving = connections.filter(({ from }) => routineOf(from) === id);
    // A connection back to a routine that is drawn already gets no rail, only its text.
    const ahead = [...new Set(leaving.map(({ to }) => routineOf(to)))]
      .filter((to) => order.indexOf(to) > position);
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
    // The connections are listed beside the routine and the following rows, of which there may be
    // too few.
    const beside = rows.slice(rows.findLastIndex((row) => row.id === id));
    for (const { from, to } of leaving) {
      const row = beside.shift() ?? rows[rows.push({ rail: plain(rails) }) - 1];
      if (row !== undefined) row.wire = `${portOf(from)} → ${to}`;
    }
    rails = rails.slice(0, rails.findLastIndex((to) => to !== undefined) + 1);
  });

  return table(
    rows.map(({ rail, id = "", work = "", wire = "" }) => [
      cyan(rail),
      id && bold(printable(id)),
      work && dim(work),
      /^error\b/.test(wire) ? yellow(printable(wire)) : printable(wire),
    ]),
    [2],
  );
}

/** Sorts routines topologically, as far as there are no cycles. */
function inOrder(ids: readonly string[], connections: GraphData["connections"]): string[] {
  const left = new Set(ids);
  const order: string[] = [];
  while (left.size > 0) {
    const next = [...left].find((id) =>
      connections.every(({ from, to }) =>
        routineOf(to) !== id || routineOf(from) === id || !left.has(routineOf(from))
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

function routineOf(reference: string): string {
  return reference.slice(0, reference.indexOf("."));
}

function portOf(reference: string): string {
  return reference.slice(reference.indexOf(".") + 1);
}

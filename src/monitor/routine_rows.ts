// The table of the live block with the routines: how much each has to do and has done, and in a flow with limits, which of
// these its activations wait for. `LiveBlock` draws it.

import type { RoutineSnapshot, RoutineWaits, RunSnapshot } from "../run/run_snapshot.ts";
import { limitsText } from "../run/wait_text.ts";
import { excerpt } from "../terminal/clip.ts";
import { count } from "../terminal/count.ts";
import { duration, timeLeft } from "../terminal/duration.ts";
import type { Paint, Palette } from "../terminal/palette.ts";
import { SteadyTable, type TableColumn } from "../terminal/steady_table.ts";

/** The width at which the id of a routine is cut in any window. */
const MAX_ID = 40;

/** The width at which the limits that a routine waits for are cut in any window. */
const MAX_WAITS = 120;

const COLUMNS: readonly TableColumn[] = [
  { title: "routine", least: 14 },
  { title: "queued", toRight: true },
  { title: "executing", toRight: true, leftOut: 7 },
  { title: "done", toRight: true },
  { title: "failed", toRight: true, leftOut: 5 },
  { title: "retried", toRight: true, leftOut: 1 },
  { title: "p50", toRight: true, leftOut: 3 },
  { title: "p95", toRight: true, leftOut: 4 },
  { title: "eta", toRight: true, leftOut: 2 },
];

/** The column of what the activations wait for, in a flow with limits. */
const WAITS: TableColumn = { title: "waits", least: 44, leftOut: 6, takesRest: true };

/** The same in a narrow window, which has no room for the time at which a limit has room. */
const NARROW_WAITS: TableColumn = { ...WAITS, least: 24 };

/** The number of columns from which on a window is not narrow. */
const WIDE = 76;

/** The table of the routines of a flow. */
export class RoutineRows {
  readonly #paint: Palette;
  readonly #table = new SteadyTable(COLUMNS);
  /** The table of a flow with limits, in a wide window and in a narrow one. */
  readonly #wide = new SteadyTable([...COLUMNS, WAITS]);
  readonly #narrow = new SteadyTable([...COLUMNS, NARROW_WAITS]);

  /** @param paint The colours. */
  constructor(paint: Palette) {
    this.#paint = paint;
  }

  /** Draws the table in a number of lines, with the routines that have the most to do. */
  lines({ routines, at }: RunSnapshot, columns: number, rows: number): string[] {
    if (rows < 2) return [];
    const shown = routines.length < rows ? routines : mostActive(routines, rows - 1);
    const title = shown.length === routines.length
      ? undefined
      : `${shown.length} of ${routines.length} routines`;
    const cells = shown.map((one) => this.#row(one));
    if (!routines.some(({ waits }) => waits !== undefined)) {
      return this.#table.draw(cells, columns, this.#paint, title);
    }
    const rest = shown.map((
      { waits },
      i,
    ) => [...cells[i] ?? [], waits ? waitsCell(waits, at) : ""]);
    const table = columns < WIDE ? this.#narrow : this.#wide;
    return table.draw(rest, columns, this.#paint, title);
  }

  #row(routine: RoutineSnapshot): string[] {
    const { routineId, queued, held, executing, completed, skipped, failed, retried } = routine;
    const { yellow, red, cyan } = this.#paint;
    return [
      excerpt(routineId, MAX_ID),
      this.#number(queued + held),
      this.#number(executing, cyan),
      this.#number(completed),
      this.#number(failed + skipped, red),
      this.#number(retried, yellow),
      this.#duration(routine.p50),
      this.#duration(routine.p95),
      this.#duration(routine.eta),
    ];
  }

  #number(number: number, color?: Paint): string {
    const text = count(number);
    return number === 0 ? this.#paint.dim(text) : color === undefined ? text : color(text);
  }

  #duration(ms: number | undefined): string {
    return ms === undefined ? this.#paint.dim("–") : duration(ms);
  }
}

function waitsCell(waits: RoutineWaits, at: number): string {
  return excerpt(limitsText(waits, timeLeft(at)), MAX_WAITS);
}

/** Selects the routines to show, in the order of the graph: those with the most to do, then those that did the most. */
function mostActive(routines: readonly RoutineSnapshot[], most: number): RoutineSnapshot[] {
  const openOf = ({ queued, held, executing }: RoutineSnapshot) => queued + held + executing;
  const chosen = [...routines]
    .sort((a, b) => openOf(b) - openOf(a) || b.completed - a.completed)
    .slice(0, most);
  const ids = new Set(chosen.map(({ routineId }) => routineId));
  return routines.filter(({ routineId }) => ids.has(routineId));
}

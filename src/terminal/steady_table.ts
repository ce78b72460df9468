// A table that is redrawn in place. Its columns become wider when they must and never narrower again, so that they
// stand still while the numbers in them change; columns that a narrow window has no room for are left out.

import { clip } from "./clip.ts";
import { pad } from "./pad.ts";
import type { Palette } from "./palette.ts";
import { widthOf } from "./width_of.ts";

/** The blanks between two columns. */
const GAP = 2;

/** The width that the column with the rest of the line has at least by default, or else it is left out. */
const MIN_REST = 12;

/** The minimum width of the first column when all others are left out. */
const MIN_FIRST = 4;

/** A table whose columns never become narrower. */
export class SteadyTable {
  readonly #columns: readonly TableColumn[];
  readonly #widths: number[];

  /** @param columns The columns, of which the first one is never left out. */
  constructor(columns: readonly TableColumn[]) {
    this.#columns = columns;
    this.#widths = columns.map(({ title }) => widthOf(title));
  }

  /**
   * Draws the table: a line with the titles, and one for each row.
   *
   * @param rows The cells of each row.
   * @param columns The width of the window.
   * @param paint The colours.
   * @param title The title of the first column, if it is another one.
   */
  draw(
    rows: readonly (readonly string[])[],
    columns: number,
    paint: Palette,
    title?: string,
  ): string[] {
    const titles = this.#columns.map((column, i) => i === 0 ? title ?? column.title : column.title);
    for (const row of [titles, ...rows]) {
      row.forEach((cell, i) => this.#widths[i] = Math.max(this.#widths[i] ?? 0, widthOf(cell)));
    }
    const layout = this.#layout(columns);
    const line = (cells: readonly string[]) =>
      layout.map(({ index, width }) => {
        const { toRight = false } = this.#columns[index] ?? {};
        return pad(clip(cells[index] ?? "", width), width, toRight);
      }).join(" ".repeat(GAP)).trimEnd();
    return [paint.dim(line(titles)), ...rows.map(line)];
  }

  /** Returns the columns that are shown, with their widths. */
  #layout(columns: number): Shown[] {
    let shown: Shown[] = this.#columns.map((column, index) => {
      return { index, column, width: this.#widths[index] ?? 0 };
    });
    for (;;) {
      const widths = narrowed(shown, columns);
      if (widths !== undefined) return widths;
      const last = shown.slice(1).sort((a, b) => orderOf(a) - orderOf(b))[0];
      if (last === undefined) return shown.map((one) => ({ ...one, width: columns }));
      shown = shown.filter((one) => one !== last);
    }
  }
}

/** A column of a table. */
export interface TableColumn {
  /** Its title. */
  readonly title: string;
  /** `true` if its cells are aligned to the right. */
  readonly toRight?: boolean;
  /**
   * The width to which it is cut before other columns are left out. By default, it is never cut; the one that takes the
   * rest of the line is cut to 12 columns.
   */
  readonly least?: number;
  /** The order in which columns are left out; a column without it is left out only after all others. */
  readonly leftOut?: number;
  /** `true` if it takes the rest of the line, as the last one may. */
  readonly takesRest?: boolean;
}

interface Shown {
  readonly index: number;
  readonly column: TableColumn;
  readonly width: number;
}

function orderOf({ column, index }: Shown): number {
  return column.leftOut ?? 1000 - index;
}

/** Returns columns cut to a width; `undefined` if that is too narrow for them. */
function narrowed(shown: readonly Shown[], columns: number): Shown[] | undefined {
  const only = shown.length === 1;
  const floor = ({ column, width }: Shown) => {
    if (column.takesRest) return Math.min(width, column.least ?? MIN_REST);
    return only ? MIN_FIRST : Math.min(width, column.least ?? width);
  };
  const room = columns - GAP * (shown.length - 1);
  let excess = shown.reduce((sum, { width }) => sum + width, 0) - room;
  if (shown.reduce((sum, one) => sum + floor(one), 0) > room) return undefined;
  const widths: Shown[] = [];
  // The last column gives way first, and the first one last.
  for (const one of [...shown].reverse()) {
    const cut = Math.max(0, Math.min(excess, one.width - floor(one)));
    excess -= cut;
    widths.unshift({ ...one, width: one.width - cut });
  }
  return widths;
}

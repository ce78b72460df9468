import { dim } from "@std/fmt/colors";
import type { Interval } from "./concurrency.ts";
import { pad } from "./text.ts";

/** The minimum number of cells from one number of the scale to the next. */
const SCALE_CELLS = 7;

/** A stretch of time laid out over a number of cells. */
export class Chart {
  /** The width in cells. */
  readonly cells: number;
  readonly #start: number;
  readonly #length: number;

  /**
   * @param span The interval that it shows.
   * @param cells The width in cells.
   */
  constructor({ startedAt, endedAt }: Interval, cells: number) {
    this.#start = startedAt;
    this.#length = Math.max(1, endedAt - startedAt);
    this.cells = Math.max(1, cells);
  }

  /**
   * Returns the cells that an interval takes, at least one: the first, and the one after the last.
   */
  range(interval: Interval): [from: number, to: number] {
    return this.#range(interval, this.cells);
  }

  /** Draws a bar with a precision of half a cell, and the blanks before it. */
  bar(interval: Interval): { readonly before: string; readonly bar: string } {
    const [from, to] = this.#range(interval, this.cells * 2);
    const first = Math.floor(from / 2);
    let bar = "";
    for (let half = first * 2; half < to; half += 2) {
      const [hasLeft, hasRight] = [half >= from, half + 1 < to];
      bar += hasLeft && hasRight ? "█" : hasLeft ? "▌" : "▐";
    }
    return { before: " ".repeat(first), bar };
  }

  /**
   * Draws the scale: round numbers of milliseconds, and marks below them.
   *
   * @param indent The width of the names before the bars.
   */
  header(indent: number): string[] {
    const step = roundUp(this.#length / this.cells * SCALE_CELLS);
    const marks = new Array<string>(this.cells).fill("─");
    let numbers = "";
    for (let ms = 0; ms <= this.#length; ms += step) {
      const cell = Math.round(ms / this.#length * this.cells);
      const text = String(ms);
      if (cell + text.length > this.cells) break;
      numbers = numbers.padEnd(cell) + text;
      marks[cell] = "┬";
    }
    return [dim(`${pad("ms", indent, true)}  ${numbers}`), `${pad("", indent)}  ${marks.join("")}`];
  }

  #range({ startedAt, endedAt }: Interval, most: number): [from: number, to: number] {
    const at = (moment: number) => Math.round((moment - this.#start) / this.#length * most);
    const from = Math.min(at(startedAt), most - 1);
    return [from, Math.max(at(endedAt), from + 1)];
  }
}

/** Rounds up to one of 1, 2, 5, 10, 20, 50 and so on. */
function roundUp(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5].map((digit) => digit * power).find((step) => step >= least) ?? 10 * power;
}

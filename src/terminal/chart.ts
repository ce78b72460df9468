// A stretch of time laid out over the columns of a terminal: bars with a precision of half a column, and the scale
// above them. Timelines draw with it.

import { pad } from "./pad.ts";

/** The minimum number of cells from one number of the scale to the next. */
const SCALE_CELLS = 7;

/** The units of a scale, and the length from which on each is used, in milliseconds. */
const UNITS: readonly (readonly [name: string, length: number, from: number])[] = [
  ["h", 3_600_000, 10 * 3_600_000],
  ["min", 60_000, 10 * 60_000],
  ["s", 1000, 10_000],
  ["ms", 1, 0],
];

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

  /** Returns the cells that an interval takes, at least one: the first, and the one after the last. */
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
   * Draws the scale in two lines: round numbers with their unit, and marks below them.
   *
   * @param indent The width of the names before the bars.
   */
  scale(indent: number): [numbers: string, marks: string] {
    const [unit, of] = UNITS.find(([, , from]) => this.#length >= from) ?? ["ms", 1];
    const length = this.#length / of;
    const step = roundUp(length / this.cells * SCALE_CELLS);
    const marks = new Array<string>(this.cells).fill("─");
    let numbers = "";
    for (let number = 0; number <= length; number += step) {
      const cell = Math.round(number / length * this.cells);
      const text = String(number);
      if (cell + text.length > this.cells) break;
      numbers = numbers.padEnd(cell) + text;
      marks[cell] = "┬";
    }
    return [`${pad(unit, indent, true)}  ${numbers}`, `${pad("", indent)}  ${marks.join("")}`];
  }

  #range({ startedAt, endedAt }: Interval, most: number): [from: number, to: number] {
    const at = (moment: number) => Math.round((moment - this.#start) / this.#length * most);
    const from = Math.max(0, Math.min(at(startedAt), most - 1));
    return [from, Math.min(most, Math.max(at(endedAt), from + 1))];
  }
}

/** A stretch of time, in epoch milliseconds. */
export interface Interval {
  /** Its start. */
  readonly startedAt: number;
  /** Its end. */
  readonly endedAt: number;
}

/** Rounds up to one of 1, 2, 5, 10, 20, 50 and so on. */
function roundUp(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5].map((digit) => digit * power).find((step) => step >= least) ?? 10 * power;
}

// Lines that stand at the bottom of a terminal and are redrawn in place, while the output of the program scrolls
// above them. The live renderer of the monitor draws in it.
//
// The program, its workers and its subprocesses go on writing as if the area did not exist: they write in the scroll
// region of the terminal, which ends above the area, and the cursor stays there. Only the terminal knows its row, and
// everything below it belongs to the area. A frame is one write that depends neither on an earlier one nor on the
// position of the cursor, so that frames recover from a window of another size, and from programs that clear it:
//
// 1. The scroll region is set to the whole window, which it may already be, as resizing does that.
// 2. The cursor goes down by the height of the area and up again. At the bottom, that scrolls the output up, so that
//    none of it is below the cursor.
// 3. The lines are drawn on the last rows of the window, wherever that ends now.
// 4. The scroll region is set to end above them, and the cursor returns.

import { clip } from "./clip.ts";
import type { Terminal, TerminalSize } from "./terminal.ts";

const ESC = "\u001b", CSI = `${ESC}[`;
const BEGIN = `${CSI}?2026h`, END = `${CSI}?2026l`;
const SAVE_CURSOR = `${ESC}7`, RESTORE_CURSOR = `${ESC}8`;
const WHOLE_REGION = `${SAVE_CURSOR}${CSI}r${RESTORE_CURSOR}`;
const DOWN_SCROLLING = `${ESC}D`;
const CLEAR_LINE = `${CSI}2K`;
/** In two steps, as tmux moves what is cleared from the first row on into the scrollback, unless it is empty. */
const CLEAR_BELOW = `${SAVE_CURSOR}${CSI}B${CSI}J${RESTORE_CURSOR}${CSI}J`;
const LAST_ROW = `${CSI}9999;1H`;
const NEXT_ROW = `\r${CSI}B`;
const PLAIN_TEXT = `${CSI}0m`;
// deno-lint-ignore no-control-regex
const COLORS = /\u001b\[[\d;]*m/;
/** Text beyond the last column is cut off, in case a terminal shows a character wider than it was measured. */
const WRAP_OFF = `${CSI}?7l`, WRAP_ON = `${CSI}?7h`;

/** The minimum number of rows for the output of the program. A scroll region has at least two. */
const MIN_REGION = 2;

/** The lines at the bottom of a terminal. Several views share it, each with a section of its own. */
export class LiveArea {
  readonly #terminal: Terminal;
  readonly #sections: Section[] = [];
  /** The window and the height of the last frame; `undefined` if there is none. */
  #drawn: (TerminalSize & { readonly height: number }) | undefined;

  /** @param terminal The terminal to draw on. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Adds a section below the others. */
  add(): LiveSection {
    const section: Section = { lines: [] };
    this.#sections.push(section);
    return {
      size: () => this.#sizeOf(section),
      draw: (lines) => {
        if (!this.#sections.includes(section)) return;
        section.lines = lines;
        this.#draw();
      },
      end: (lines) => {
        const index = this.#sections.indexOf(section);
        if (index < 0) return;
        this.#sections.splice(index, 1);
        this.#print(lines);
      },
    };
  }

  #sizeOf(section: Section): TerminalSize {
    const { columns, rows } = this.#terminal.size();
    const room = roomIn(rows);
    const index = this.#sections.indexOf(section);
    const each = Math.floor(room / this.#sections.length);
    // In a window with less rows than sections, the first ones are shown.
    return { columns, rows: index < 0 ? 0 : Math.max(each, index < room ? 1 : 0) };
  }

  #draw(): void {
    const { columns, rows } = this.#terminal.size();
    const room = roomIn(rows);
    const lines = this.#sections
      .flatMap((section) => section.lines.slice(0, this.#sizeOf(section).rows))
      .slice(0, room).map((line) => clip(line, columns));
    const last = this.#drawn;
    const isSameWindow = last?.columns === columns && last.rows === rows;
    // In the same window, the area never becomes lower, so that the output above it does not move.
    const height = Math.min(room, Math.max(lines.length, isSameWindow ? last.height : 0));
    if (height === 0) return this.#clear();
    const empty = new Array<string>(height - lines.length).fill("");
    const text = [...lines, ...empty].map((line) => CLEAR_LINE + line).join(NEXT_ROW);
    this.#terminal.write(
      BEGIN + WHOLE_REGION +
        // The remains of a frame of another size.
        (last !== undefined && !(isSameWindow && last.height === height) ? CLEAR_BELOW : "") +
        DOWN_SCROLLING.repeat(height) + up(height) + SAVE_CURSOR + WRAP_OFF + plainFor(text) +
        LAST_ROW + up(height - 1) + text +
        WRAP_ON + region(rows - height) + RESTORE_CURSOR + END,
    );
    this.#drawn = { columns, rows, height };
  }

  /** Prints lines where the program prints, and draws the other sections again. */
  #print(lines: readonly string[]): void {
    const { columns } = this.#terminal.size();
    const cleared = this.#drawn === undefined ? "" : WHOLE_REGION + CLEAR_BELOW;
    const printed = lines.map((line) => `${CLEAR_LINE}${clip(line, columns)}\r\n`);
    this.#drawn = undefined;
    const text = printed.join("");
    this.#terminal.write(cleared + plainFor(lines.join("")) + freshLine(columns) + text);
    if (this.#sections.length > 0) this.#draw();
  }

  /** Removes the area from the window, as it is too small. */
  #clear(): void {
    if (this.#drawn !== undefined) this.#terminal.write(WHOLE_REGION + CLEAR_BELOW);
    this.#drawn = undefined;
  }
}

/** A part of a live area, with the lines of one view. */
export interface LiveSection {
  /** Returns the width of the window, and the number of rows for this section; 0 if it cannot be shown. */
  size(): TerminalSize;
  /** Replaces the lines and redraws the area. Lines that do not fit are cut off. */
  draw(lines: readonly string[]): void;
  /** Removes the section from the area, and prints lines where the program prints. */
  end(lines: readonly string[]): void;
}

interface Section {
  lines: readonly string[];
}

/** Returns the number of rows for the area: at most two thirds of the window. */
function roomIn(rows: number): number {
  return Math.max(0, Math.min(rows - MIN_REGION, Math.ceil(rows * 2 / 3)));
}

/** Moves the cursor to the start of a line, which is the next one if the program has begun the current one. */
function freshLine(columns: number): string {
  // Blanks up to the last column do not wrap from the first column, but from any other.
  return `${" ".repeat(Math.max(0, columns - 1))}\r`;
}

/** Ends the colours that the program has begun, for a text with colours; a program without colours sends none. */
function plainFor(text: string): string {
  return COLORS.test(text) ? PLAIN_TEXT : "";
}

function region(lastRow: number): string {
  return `${CSI}1;${lastRow}r`;
}

function up(rows: number): string {
  return rows > 0 ? `${CSI}${rows}A` : "";
}

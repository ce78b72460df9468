import { clip, widthOf } from "./text.ts";

/** A window that understands escape sequences. */
export interface Terminal {
  /** Writes to it. */
  write(text: string): void;
  /** Its size now. */
  size(): { readonly columns: number; readonly rows: number };
}

const UP = (rows: number) => rows > 0 ? `\u001b[${rows}A` : "";
const CLEAR_LINE = "\u001b[2K";
const CLEAR_BELOW = "\u001b[J";
const HIDE_CURSOR = "\u001b[?25l";

/** Makes the cursor visible. */
export const SHOW_CURSOR = "\u001b[?25h";

/** Lines that are drawn over and over in the same place of a terminal. */
export class LiveBlock implements Disposable {
  readonly #terminal: Terminal;
  #widths: number[] = [];

  /** @param terminal Where to draw. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.write(HIDE_CURSOR);
  }

  /** How many rows fit: one is kept for the cursor, which stands below the block. */
  get room(): number {
    return Math.max(1, this.#terminal.size().rows - 1);
  }

  /** Draws the block anew. What does not fit in the window is cut off: it could not be drawn over. */
  draw(lines: readonly string[]): void {
    const { columns } = this.#terminal.size();
    const shown = lines.slice(0, this.room).map((line) => clip(line, columns));
    const drawn = shown.map((line) => `${CLEAR_LINE}${line}\n`).join("");
    // One write, so that no half of a block is ever seen.
    this.#terminal.write(`\r${UP(this.#height(columns))}${drawn}${CLEAR_BELOW}`);
    this.#widths = shown.map(widthOf);
  }

  /** Leaves the block as it is, and writing goes on below it. */
  [Symbol.dispose](): void {
    this.#terminal.write(SHOW_CURSOR);
  }

  /** The rows that the last block takes now: a window made narrower has wrapped its lines. */
  #height(columns: number): number {
    const rows = this.#widths.reduce(
      (sum, width) => sum + Math.max(1, Math.ceil(width / columns)),
      0,
    );
    return Math.min(rows, this.room);
  }
}

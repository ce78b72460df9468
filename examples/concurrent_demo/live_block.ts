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

/** Lines that are redrawn in the same place of a terminal. */
export class LiveBlock implements Disposable {
  readonly #terminal: Terminal;
  #widths: number[] = [];

  /** @param terminal The terminal to draw on. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.write(HIDE_CURSOR);
  }

  /** The number of rows that fit, without one for the cursor below the block. */
  get room(): number {
    return Math.max(1, this.#terminal.size().rows - 1);
  }

  /**
   * Redraws the block. Lines that do not fit in the window are cut off, as they could not be
   * redrawn.
   */
  draw(lines: readonly string[]): void {
    const { columns } = this.#terminal.size();
    const shown = lines.slice(0, this.room).map((line) => clip(line, columns));
    const drawn = shown.map((line) => `${CLEAR_LINE}${line}\n`).join("");
    // A single write, so that the block never appears partially.
    this.#terminal.write(`\r${UP(this.#height(columns))}${drawn}${CLEAR_BELOW}`);
    this.#widths = shown.map(widthOf);
  }

  /** Leaves the block as it is. Later output is written below it. */
  [Symbol.dispose](): void {
    this.#terminal.write(SHOW_CURSOR);
  }

  /**
   * Returns the number of rows that the last block takes now, as a narrower window wraps its lines.
   */
  #height(columns: number): number {
    const rows = this.#widths.reduce(
      (sum, width) => sum + Math.max(1, Math.ceil(width / columns)),
      0,
    );
    return Math.min(rows, this.room);
  }
}

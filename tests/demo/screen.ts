/** The window of a terminal, as far as a live block needs one; it counts what scrolls out at the top. */
export class Screen {
  readonly columns: number;
  readonly rows: number;
  /** The lines that have scrolled out. */
  readonly scrolled: string[] = [];
  /** `true` if the cursor can be seen. */
  isCursorVisible = true;
  #lines: string[];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#lines = new Array<string>(rows).fill("");
  }

  /** The lines that the window shows, without the empty rows at its end. */
  get shown(): string[] {
    const last = this.#lines.findLastIndex((line) => line.trim() !== "");
    return this.#lines.slice(0, last + 1).map((line) => line.trimEnd());
  }

  write(text: string): void {
    // deno-lint-ignore no-control-regex
    for (const [token] of text.matchAll(/\u001b\[\??[\d;]*[A-Za-z]|[^]/gu)) {
      if (token.startsWith("\u001b")) this.#escape(token.slice(2));
      else if (token === "\n") this.#lineFeed();
      else if (token === "\r") this.#column = 0;
      else this.#put(token);
    }
  }

  size(): { columns: number; rows: number } {
    return { columns: this.columns, rows: this.rows };
  }

  #escape(sequence: string): void {
    const count = parseInt(sequence) || 1;
    if (sequence.endsWith("A")) this.#row = Math.max(0, this.#row - count);
    else if (sequence === "2K") this.#lines[this.#row] = "";
    else if (sequence === "J") this.#clearBelow();
    else if (sequence === "?25l") this.isCursorVisible = false;
    else if (sequence === "?25h") this.isCursorVisible = true;
    // The runtime itself sends this before it prints an error.
    else if (sequence === "0G") this.#column = 0;
    else if (!sequence.endsWith("m")) throw new Error(`unknown escape sequence ${sequence}`);
  }

  #clearBelow(): void {
    this.#lines[this.#row] = (this.#lines[this.#row] ?? "").slice(0, this.#column);
    this.#lines.fill("", this.#row + 1);
  }

  #put(character: string): void {
    if (this.#column === this.columns) {
      this.#lineFeed();
      this.#column = 0;
    }
    const line = (this.#lines[this.#row] ?? "").padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character +
      line.slice(this.#column + 1);
    this.#column++;
  }

  #lineFeed(): void {
    // As a terminal driver does, this also returns to the first column.
    this.#column = 0;
    if (++this.#row < this.rows) return;
    this.#row--;
    this.scrolled.push(this.#lines.shift() ?? "");
    this.#lines.push("");
  }
}

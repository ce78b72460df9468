/** The window of a terminal, as far as a live area needs one; it keeps what scrolls out at the top. */
export class Screen {
  /** The lines that have scrolled out. */
  readonly scrolled: string[] = [];
  #columns: number;
  #lines: string[];
  #row = 0;
  #column = 0;
  #saved = { row: 0, column: 0 };
  /** The first row after the scroll region. */
  #bottom: number;
  #isWrapping = true;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#lines = new Array<string>(rows).fill("");
    this.#bottom = rows;
  }

  /** All lines of the window. */
  get rows(): string[] {
    return this.#lines.map((line) => line.trimEnd());
  }

  /** The lines that the window shows, without the empty rows at its end. */
  get shown(): string[] {
    const last = this.#lines.findLastIndex((line) => line.trim() !== "");
    return this.rows.slice(0, last + 1);
  }

  /** `true` if all rows scroll and lines wrap, as in a terminal that no program has changed. */
  get isInOrder(): boolean {
    return this.#bottom === this.#lines.length && this.#isWrapping;
  }

  write(text: string): void {
    // deno-lint-ignore no-control-regex
    for (const [token] of text.matchAll(/\u001b\[\??[\d;]*[A-Za-z]|\u001b[78D]|[^]/gu)) {
      if (token.startsWith("\u001b[")) this.#sequence(token.slice(2, -1), token.slice(-1));
      else if (token === "\u001b7") this.#saved = { row: this.#row, column: this.#column };
      else if (token === "\u001b8") this.#restore();
      else if (token === "\u001bD") this.#down();
      else if (token === "\n") [this.#column] = [0, this.#down()];
      else if (token === "\r") this.#column = 0;
      else this.#put(token);
    }
  }

  size(): { columns: number; rows: number } {
    return { columns: this.#columns, rows: this.#lines.length };
  }

  /**
   * Changes the size as xterm does: the scroll region is the whole window again; rows are removed below the cursor
   * first, and added below.
   */
  resize(columns: number, rows: number): void {
    while (this.#lines.length > rows) {
      if (this.#row < this.#lines.length - 1) this.#lines.pop();
      else {
        this.scrolled.push(this.#lines.shift() ?? "");
        this.#row--;
      }
    }
    while (this.#lines.length < rows) this.#lines.push("");
    this.#columns = columns;
    this.#lines = this.#lines.map((line) => line.slice(0, columns));
    this.#bottom = rows;
  }

  #sequence(numbers: string, kind: string): void {
    const [first = 0, second = 0] = numbers.replace("?", "").split(";").map(Number);
    if (kind === "m" || numbers === "?2026") return;
    if (numbers === "?7") this.#isWrapping = kind === "h";
    else if (kind === "A") this.#row = Math.max(0, this.#row - Math.max(1, first));
    else if (kind === "B") this.#row = Math.min(this.#lines.length - 1, this.#row + 1);
    else if (kind === "H") {
      this.#row = Math.min(this.#lines.length, Math.max(1, first)) - 1;
      this.#column = Math.max(1, second) - 1;
    } else if (kind === "r") {
      const last = second === 0 ? this.#lines.length : second;
      if (last < 2) throw new Error(`the scroll region has ${last} rows`);
      this.#bottom = Math.min(last, this.#lines.length);
      [this.#row, this.#column] = [0, 0];
    } else if (kind === "J") {
      this.#lines[this.#row] = (this.#lines[this.#row] ?? "").slice(0, this.#column);
      this.#lines.fill("", this.#row + 1);
    } else if (kind === "K") this.#lines[this.#row] = "";
    else throw new Error(`unknown escape sequence ${numbers}${kind}`);
  }

  #restore(): void {
    this.#row = Math.min(this.#saved.row, this.#lines.length - 1);
    this.#column = this.#saved.column;
  }

  #put(character: string): void {
    if (this.#column >= this.#columns) {
      if (!this.#isWrapping) this.#column = this.#columns - 1;
      else [this.#column] = [0, this.#down()];
    }
    const line = (this.#lines[this.#row] ?? "").padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column++;
  }

  #down(): void {
    if (this.#row !== this.#bottom - 1) {
      this.#row = Math.min(this.#row + 1, this.#lines.length - 1);
      return;
    }
    this.scrolled.push(this.#lines.shift() ?? "");
    this.#lines.splice(this.#bottom - 1, 0, "");
  }
}

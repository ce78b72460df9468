// The standard output, or that for errors, for views. Nothing that happens to it, such as a reader that has gone or that
// does not read, affects the program.

import type { Terminal, TerminalSize } from "./terminal.ts";

/** The assumed size of a terminal that does not report its size. */
const COLUMNS = 80, ROWS = 24;

/** A stream that views write to. */
export class Output implements Terminal {
  /** `true` if it is a terminal. */
  readonly isTerminal: boolean;
  readonly #stream: OutputStream;
  readonly #encoder = new TextEncoder();
  #isBroken = false;
  /** The write of a text that was offered, and the text that follows it. */
  #writing: Promise<void> | undefined;
  #next: string | undefined;

  /** @param stream `Deno.stdout` or `Deno.stderr`. */
  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.isTerminal = isTerminal(stream);
  }

  /** Writes a text at once, even if that takes a while. */
  write(text: string): void {
    if (this.#isBroken) return;
    const bytes = this.#encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += this.#stream.writeSync(bytes.subarray(at));
    } catch {
      // The reader has gone.
      this.#isBroken = true;
    }
  }

  /** `false` while a text that was offered is being written. */
  get isFree(): boolean {
    return this.#writing === undefined;
  }

  /** Writes a text without waiting for the reader. The text is dropped if an earlier one is still being written. */
  offer(text: string): void {
    if (this.isFree) this.#writing = this.#write(text);
  }

  /** Writes a text at once, or after an earlier one that is still being written. */
  finish(text: string): void {
    if (this.isFree) this.write(text);
    else this.#next = (this.#next ?? "") + text;
  }

  /** Returns the size of the terminal now. */
  size(): TerminalSize {
    try {
      const { columns, rows } = Deno.consoleSize();
      return { columns: columns || COLUMNS, rows: rows || ROWS };
    } catch {
      return { columns: COLUMNS, rows: ROWS };
    }
  }

  async #write(text: string): Promise<void> {
    const bytes = this.#encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length && !this.#isBroken;) {
        at += await this.#stream.write(bytes.subarray(at));
      }
    } catch {
      this.#isBroken = true;
    }
    const next = this.#next;
    this.#next = undefined;
    this.#writing = next === undefined ? undefined : this.#write(next);
  }
}

/** The parts of `Deno.stdout` and `Deno.stderr` that are used. */
export type OutputStream = Pick<typeof Deno.stdout, "write" | "writeSync" | "isTerminal">;

function isTerminal(stream: OutputStream): boolean {
  try {
    return stream.isTerminal();
  } catch {
    return false;
  }
}

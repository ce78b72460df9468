// The output of the command line. It is written at once and whole; when the reader of a pipe has gone, as `head` does,
// the program ends quietly.

import { Palette } from "../terminal/palette.ts";

/** The number of columns for views that need a width, if the output is no terminal. */
const COLUMNS = 100;

/** The output of a command. */
export class Output {
  /** The number of columns of the terminal; `undefined` if the output is none, so that lines need not be cut. */
  readonly columns: number | undefined;
  /** The width for views that need one. */
  readonly width: number;
  /** The colours. */
  readonly palette: Palette;

  /** @param isColored `false` for plain text, whatever the environment says. */
  constructor(isColored: boolean) {
    const isTerminal = Deno.stdout.isTerminal();
    this.columns = isTerminal ? columnsOf() : undefined;
    this.width = Math.max(20, this.columns ?? COLUMNS);
    const isWanted = isForced() || isTerminal && !Deno.noColor;
    this.palette = new Palette(isColored && isWanted);
  }

  /** Writes lines. */
  lines(lines: Iterable<string>): void {
    let text = "";
    for (const line of lines) {
      text += `${line}\n`;
      if (text.length < CHUNK) continue;
      this.text(text);
      text = "";
    }
    this.text(text);
  }

  /** Writes a value as JSON, without characters that a terminal would interpret. */
  json(value: unknown): void {
    const text = JSON.stringify(value, undefined, 2);
    this.text(`${text.replace(CONTROLS, escaped)}\n`);
  }

  /**
   * Writes a text.
   *
   * @throws {ClosedOutput} If nobody reads it any more.
   */
  text(text: string): void {
    let bytes = new TextEncoder().encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(written(bytes));
  }
}

/** Writes some of the bytes, and returns their number. */
function written(bytes: Uint8Array): number {
  try {
    return Deno.stdout.writeSync(bytes);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw new ClosedOutput();
    if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    // Another program has made the pipe, or the terminal, one that does not block, and its reader is slow.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_MS);
    return 0;
  }
}

/** The time after which a full pipe is tried again, in milliseconds. */
const FULL_MS = 5;

/** Nobody reads the output any more. */
export class ClosedOutput extends Error {
  override readonly name = "ClosedOutput";
}

/** The number of characters that are written at once. */
const CHUNK = 65_536;

/** Control characters that JSON leaves as they are. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function columnsOf(): number | undefined {
  try {
    const { columns } = Deno.consoleSize();
    return columns > 0 ? columns : undefined;
  } catch {
    return undefined;
  }
}

/** Checks whether `FORCE_COLOR` asks for colours, if reading it is permitted. */
function isForced(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "FORCE_COLOR" });
  if (state !== "granted") return false;
  const value = Deno.env.get("FORCE_COLOR");
  return value !== undefined && value !== "" && value !== "0";
}

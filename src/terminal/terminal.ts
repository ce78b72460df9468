/** A window that understands escape sequences. */
export interface Terminal {
  /** Writes to it. Never throws. */
  write(text: string): void;
  /** Returns its size now. */
  size(): TerminalSize;
}

/** The size of a window, in characters. */
export interface TerminalSize {
  /** The number of columns. */
  readonly columns: number;
  /** The number of rows. */
  readonly rows: number;
}

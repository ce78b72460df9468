/** Options of the functions that return lines for a terminal. */
export interface ViewOptions {
  /**
   * The maximum number of columns. Longer lines are cut.
   *
   * @default {100}
   */
  readonly columns?: number;
  /**
   * `true` for lines in colour.
   *
   * @default {false}
   */
  readonly color?: boolean;
}

/** The default of `columns`. */
export const COLUMNS = 100;

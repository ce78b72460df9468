// Colours for views, by `@std/fmt/colors`. Its switch is shared by the whole program, so each use sets it and puts it
// back: a view has colours if it was given them, and the program's own setting stays as it is.

import * as colors from "@std/fmt/colors";

/** The colours of one view. Without colours, each text stays as it is. */
export class Palette {
  /** `true` if texts are coloured. */
  readonly isColored: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly blue: Paint;
  readonly magenta: Paint;
  readonly cyan: Paint;
  readonly #workers: readonly Paint[];

  /** @param isColored `false` for plain text. */
  constructor(isColored: boolean) {
    this.isColored = isColored;
    const paint = (color: Paint): Paint => isColored ? (text) => painted(color, text) : plain;
    this.bold = paint(colors.bold);
    this.dim = paint(colors.dim);
    this.red = paint(colors.red);
    this.green = paint(colors.green);
    this.yellow = paint(colors.yellow);
    this.blue = paint(colors.blue);
    this.magenta = paint(colors.magenta);
    this.cyan = paint(colors.cyan);
    // Not red, which means a failure.
    this.#workers = [
      this.cyan,
      this.magenta,
      this.green,
      this.blue,
      paint(colors.brightCyan),
      paint(colors.brightMagenta),
      paint(colors.brightGreen),
      paint(colors.brightBlue),
    ];
  }

  /** Returns the colour of a worker, by the number in its id. */
  worker(workerId: string): Paint {
    const number = Number(workerId.match(/\d+$/)?.[0] ?? 1);
    return this.#workers[(number - 1) % this.#workers.length] ?? this.cyan;
  }

  /** Colours a text by the status of a job, or the outcome of an activation. */
  status(status: string, text = status): string {
    if (status === "completed") return this.green(text);
    if (status === "failed" || status === "lost") return this.red(text);
    if (PASSING.has(status)) return this.yellow(text);
    return status === "running" || status === "executing" ? this.cyan(text) : text;
  }

  /** Returns the line above a part of the output. */
  heading(title: string, columns: number): string {
    return `${this.bold(title)} ${this.dim("─".repeat(Math.max(0, columns - title.length - 1)))}`;
  }
}

/** Colours a text. */
export type Paint = (text: string) => string;

/** The statuses and outcomes that differ from success without failing a job. */
const PASSING: ReadonlySet<string> = new Set(["cancelled", "paused", "retried", "skipped", "held"]);

function painted(color: Paint, text: string): string {
  const isEnabled = colors.getColorEnabled();
  if (isEnabled) return color(text);
  try {
    colors.setColorEnabled(true);
    return color(text);
  } finally {
    colors.setColorEnabled(false);
  }
}

function plain(text: string): string {
  return text;
}

import type { RunSnapshot } from "../run/run_snapshot.ts";
import type { LiveArea, LiveSection } from "../terminal/live_area.ts";
import { onResize } from "../terminal/program_signals.ts";
import type { TerminalSize } from "../terminal/terminal.ts";
import type { Renderer } from "./renderer.ts";

/** Draws a block at the bottom of a terminal, which it shares with the other monitors of the program. */
export class LiveRenderer implements Renderer {
  readonly interval = 200;
  readonly endsOnSignals = true;
  readonly #area: LiveArea;
  readonly #lines: (snapshot: RunSnapshot, size: TerminalSize) => readonly string[];
  #section: LiveSection | undefined;
  #resizes: Disposable | undefined;
  #last: RunSnapshot | undefined;

  /**
   * @param area The area of the terminal.
   * @param lines Returns the lines of the block.
   */
  constructor(
    area: LiveArea,
    lines: (snapshot: RunSnapshot, size: TerminalSize) => readonly string[],
  ) {
    this.#area = area;
    this.#lines = lines;
  }

  start(): void {
    this.#resizes = onResize(() => this.#draw());
  }

  frame(snapshot: RunSnapshot): void {
    // A flow without jobs needs no room on the terminal.
    if (snapshot.since === undefined) return;
    this.#last = snapshot;
    this.#draw();
  }

  end(snapshot: RunSnapshot): void {
    this.#resizes?.[Symbol.dispose]();
    if (snapshot.since !== undefined) {
      const section = this.#section ?? this.#area.add();
      section.end(this.#lines(snapshot, section.size()));
    }
    this.#section = undefined;
    this.#last = undefined;
  }

  #draw(): void {
    if (this.#last === undefined) return;
    this.#section ??= this.#area.add();
    this.#section.draw(this.#lines(this.#last, this.#section.size()));
  }
}

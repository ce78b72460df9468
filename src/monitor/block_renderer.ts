import type { RunSnapshot } from "../run/run_snapshot.ts";
import type { TerminalSize } from "../terminal/terminal.ts";
import { LiveRenderer } from "./live_renderer.ts";
import type { Renderer } from "./renderer.ts";
import { areaOf, outputOf } from "./shared_outputs.ts";

/** The size for which lines are printed without a terminal. */
const PIPED: TerminalSize = { columns: 100, rows: 1_000 };

/**
 * Returns a renderer that draws lines of one's own where `"live"` draws its block: at the bottom of the terminal, below
 * the output of the program. Without a terminal, the lines are printed once, at the end.
 *
 * @example A block with one line for each routine
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { blockRenderer, monitor } from "@millrace/flow/monitor";
 *
 * const renderer = blockRenderer(({ routines }, { rows }) =>
 *   routines.slice(0, rows).map(({ routineId, completed }) => `${routineId}: ${completed}`)
 * );
 * await using flow = new Flow();
 * using view = monitor(flow, { renderer });
 * ```
 *
 * @param lines Returns the lines for a snapshot. The size is the width of the window, and the number of rows that can be
 * drawn; lines that do not fit are cut off.
 */
export function blockRenderer(
  lines: (snapshot: RunSnapshot, size: TerminalSize) => readonly string[],
): Renderer {
  const output = outputOf("stdout");
  if (output.isTerminal) return new LiveRenderer(areaOf(output), lines);
  return {
    frame() {},
    end(snapshot) {
      const texts = lines(snapshot, PIPED).map((line) => `${line}\n`);
      output.finish(texts.join(""));
    },
  };
}

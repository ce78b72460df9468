import type { RunSnapshot } from "../run/run_snapshot.ts";
import { Palette } from "../terminal/palette.ts";
import type { TerminalSize } from "../terminal/terminal.ts";
import { LiveBlock } from "./live_block.ts";
import type { Renderer } from "./renderer.ts";

/**
 * A renderer for tests: it prints nothing and records the frames.
 *
 * @example The last frame of a run
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { monitor, TestRenderer } from "@millrace/flow/monitor";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const renderer = new TestRenderer();
 * const flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * monitor(flow, { renderer });
 * await flow.execute("fibonacci.n", 20);
 * await flow.close();
 * console.log(renderer.last?.jobs.completed); // 1
 * console.log(renderer.block({ columns: 80, rows: 1 }).length); // 1
 * ```
 */
export class TestRenderer implements Renderer {
  /** The interval between two frames, in milliseconds. */
  readonly interval: number;
  /** The snapshots of all frames, the one at the end included. */
  readonly frames: RunSnapshot[] = [];
  /** `true` once the view has ended. */
  isEnded = false;

  /**
   * Creates the renderer.
   *
   * @param interval The interval between two frames, in milliseconds. The default is 20.
   */
  constructor(interval = 20) {
    this.interval = interval;
  }

  /** The snapshot of the latest frame; `undefined` before the first. */
  get last(): RunSnapshot | undefined {
    return this.frames.at(-1);
  }

  /** Records that the view has begun. */
  start(): void {
    this.isEnded = false;
  }

  /** Records a frame. */
  frame(snapshot: RunSnapshot): void {
    this.frames.push(snapshot);
  }

  /** Records the last frame. */
  end(snapshot: RunSnapshot): void {
    this.frames.push(snapshot);
    this.isEnded = true;
  }

  /** Returns the lines of the block that the renderer `"live"` would draw of the latest frame, without colours. */
  block(size: TerminalSize): string[] {
    const { last } = this;
    return last === undefined ? [] : new LiveBlock(new Palette(false)).lines(last, size);
  }
}

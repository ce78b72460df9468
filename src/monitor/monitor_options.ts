import type { Renderer } from "./renderer.ts";

/** Options of `monitor`. */
export interface MonitorOptions {
  /**
   * The renderer:
   *
   * - `"live"`: a block at the bottom of the terminal, which is redrawn in place; elsewhere as `"lines"`.
   * - `"lines"`: a line at each interval in which something has changed, and one for each failed job.
   * - `"json"`: the `RunSnapshot` as one line of JSON at each interval, and at the end.
   * - `"silent"`: nothing. `view.snapshot()` returns the numbers.
   * - a `Renderer`, such as a `TestRenderer`.
   *
   * The default is `"live"` on a terminal, unless one of the environment variables `CI` and `NO_COLOR` is set, and
   * `"lines"` otherwise. `FORCE_COLOR` overrides both. Environment variables are read only if that is permitted.
   */
  readonly renderer?: RendererName | Renderer;
  /**
   * The minimum interval between two updates, in milliseconds. The default is 200 for `"live"`, 2000 for `"lines"` and
   * 1000 for `"json"`.
   */
  readonly interval?: number;
  /** The number of jobs that are expected in all, for estimates of the time that is left. */
  readonly expectedJobs?: number;
  /** The stream to write to. The default is `"stdout"`. */
  readonly output?: "stdout" | "stderr";
  /** `true` to count the jobs that had ended before, in the store or in this process. The default is `false`. */
  readonly history?: boolean;
}

/** The name of a renderer of the library. */
export type RendererName = "live" | "lines" | "json" | "silent";

import type { RunSnapshot } from "../run/run_snapshot.ts";
import type { Monitor } from "./monitor.ts";

/**
 * Shows the numbers of a run. A renderer of one's own is passed to `monitor` as the option `renderer`. If one of its
 * methods throws, the error is written to the console, and the renderer is not called any more.
 *
 * @example A health check that fails when many jobs wait
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { monitor, type Renderer } from "@millrace/flow/monitor";
 *
 * let isHealthy = true;
 * const health: Renderer = {
 *   frame({ totals }) {
 *     isHealthy = totals.queued < 10_000;
 *   },
 *   end() {},
 * };
 * await using flow = new Flow();
 * using view = monitor(flow, { renderer: health, interval: 1000 });
 * console.log(isHealthy); // true
 * ```
 */
export interface Renderer {
  /** The interval between two frames, in milliseconds, if `monitor` is given none. The default is 200. */
  readonly interval?: number;
  /**
   * `true` if `end` is also to be called before a signal such as Ctrl-C ends the program, as something has to be put
   * back in order. The default is `false`.
   */
  readonly endsOnSignals?: boolean;
  /**
   * Called before the first frame.
   *
   * @param view The monitor that calls it.
   */
  start?(view: Monitor): void;
  /** Called at each interval in which the numbers have changed, and at least once a second. */
  frame(snapshot: RunSnapshot): void;
  /**
   * Called when the flow has been closed, the monitor has been stopped, or the program ends. If the program goes on
   * after all, as with an error that something else handles, `start` is called again.
   */
  end(snapshot: RunSnapshot): void;
}

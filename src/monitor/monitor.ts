// The monitor of a flow: it asks a `RunFollower` for the numbers at an interval and passes them to a renderer. It never
// keeps the program alive, and nothing that happens to it affects the program.

import { elapsed } from "../data/clock.ts";
import { checkAmount, checkFlag } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import { toConsole } from "../data/to_console.ts";
import { watchResult } from "../data/user_call.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import type { Flow } from "../flow/flow.ts";
import { flowSource } from "../run/flow_source.ts";
import { RunFollower } from "../run/run_follower.ts";
import type { RunSnapshot } from "../run/run_snapshot.ts";
import { onProgramEnd } from "../terminal/program_end.ts";
import { onProgramSignals } from "../terminal/program_signals.ts";
import { chooseRenderer } from "./choose_renderer.ts";
import type { MonitorOptions } from "./monitor_options.ts";
import type { Renderer } from "./renderer.ts";

/** The view of a flow that {@linkcode monitor} returns. */
export interface Monitor extends Disposable {
  /** Returns the current numbers. */
  snapshot(): RunSnapshot;
  /** Shows the last frame and ends the view. Does nothing if it has ended. */
  stop(): void;
}

/**
 * Shows the state of all jobs of a flow while it runs: on a terminal in a block below the output of the program, which
 * stays as it is, and as lines elsewhere. It ends by itself when the flow is closed. It neither keeps the program alive
 * nor slows the flow.
 *
 * On a terminal, the program's own output scrolls above the block, also that of routines and of subprocesses. On a
 * signal that ends the program, such as Ctrl-C, the terminal is left in order first; if the program listens to that
 * signal itself, that is left to the program. While the main thread is blocked, such a signal waits.
 *
 * @example One line in a program
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { monitor } from "@millrace/flow/monitor";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 2 }).add("fibonacci", fibonacci);
 * using view = monitor(flow);
 * await flow.execute("fibonacci.n", 20);
 * ```
 *
 * @param flow The flow.
 * @param options The renderer and its interval.
 * @returns The view, which can be stopped or disposed of before the flow is closed.
 * @throws {InvalidOptionError} If an option has an invalid value.
 */
export function monitor(flow: Flow, options?: MonitorOptions): Monitor {
  const checked = checkOptions("monitor", options, CHECKS);
  return new FlowMonitor(flow, checked, chooseRenderer(checked));
}

/** The interval of a renderer that has none, in milliseconds. */
const INTERVAL = 200;

/** The interval at which a frame is shown even if no number has changed, as times have, in milliseconds. */
const MAX_INTERVAL = 1000;

/** The most of its time that the program spends on frames, also if the terminal is slow. */
const MAX_SHARE = 0.05;

class FlowMonitor implements Monitor {
  readonly #follower: RunFollower;
  readonly #renderer: Renderer;
  readonly #interval: number;
  readonly #watches: Disposable[];
  #state: "new" | "shown" | "left" | "ended" = "new";
  #hasFailed = false;
  /** `true` while the program is stopped, or about to be: then the terminal belongs to others. */
  #isSuspended = false;
  #timer: TimerId | undefined;
  /** The time that the last frame took. */
  #spent = 0;
  /** The version of the numbers and the time of the last frame. */
  #shown = { version: -1, at: -Infinity };
  #last: RunSnapshot | undefined;

  constructor(flow: Flow, options: MonitorOptions, renderer: Renderer) {
    const { expectedJobs, history = false } = options;
    this.#renderer = renderer;
    this.#interval = options.interval ?? renderer.interval ?? INTERVAL;
    this.#follower = new RunFollower(flowSource(flow), { expectedJobs, history });
    this.#watches = [onProgramEnd((isCertain) => isCertain ? this.stop() : this.#leave())];
    if (renderer.endsOnSignals) {
      this.#watches.push(onProgramSignals({
        ending: () => this.stop(),
        stopping: () => {
          this.#leave();
          this.#isSuspended = true;
        },
        continued: () => this.#isSuspended = false,
      }));
    }
    this.#follower.closed.then(() => this.stop(), () => this.stop());
    this.#tick();
  }

  snapshot(): RunSnapshot {
    return this.#last ?? this.#follower.snapshot();
  }

  stop(): void {
    if (this.#state === "ended") return;
    clearTimer(this.#timer);
    for (const watch of this.#watches) watch[Symbol.dispose]();
    const isOpen = this.#state !== "left";
    if (isOpen) this.#begin();
    this.#state = "ended";
    this.#call(() => {
      const snapshot = this.#last = this.#follower.snapshot();
      this.#follower[Symbol.dispose]();
      if (isOpen) return this.#renderer.end(snapshot);
    });
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #tick(): void {
    const begun = elapsed();
    this.#call(() => this.#show());
    if (this.#state === "ended") return;
    const spent = elapsed() - begun;
    // One slow frame, as the first one is, says nothing about the next.
    const expected = Math.min(spent, this.#spent);
    this.#spent = spent;
    this.#timer = after(Math.max(this.#interval, expected / MAX_SHARE), () => this.#tick());
    unrefTimer(this.#timer);
  }

  #show(): unknown {
    const { version } = this.#follower;
    const at = elapsed();
    if (this.#isSuspended) return;
    if (this.#begin()) this.#shown.version = -1;
    if (version === this.#shown.version && at - this.#shown.at < MAX_INTERVAL) return;
    this.#shown = { version, at };
    return this.#renderer.frame(this.#follower.snapshot());
  }

  /** @returns `true` if the renderer has been started just now. */
  #begin(): boolean {
    if (this.#state === "shown") return false;
    this.#state = "shown";
    this.#call(() => this.#renderer.start?.(this));
    return true;
  }

  /** Ends the view, but begins again if the program goes on. */
  #leave(): void {
    if (this.#state !== "shown") return;
    this.#state = "left";
    this.#call(() => this.#renderer.end(this.#follower.snapshot()));
  }

  #call(method: () => unknown): void {
    if (this.#hasFailed) return;
    const failed = (thrown: unknown) => {
      if (!this.#hasFailed) toConsole(thrown);
      this.#hasFailed = true;
    };
    try {
      watchResult(method(), failed);
    } catch (thrown) {
      failed(thrown);
    }
  }
}

const CHECKS: OptionChecks<MonitorOptions> = {
  renderer: checkRenderer,
  interval: checkInterval,
  expectedJobs: checkAmount,
  output: checkOutput,
  history: checkFlag,
};

function checkRenderer(option: string, value: unknown): unknown {
  if (["live", "lines", "json", "silent"].includes(value as string)) return value;
  const isRenderer = typeof value === "object" && value !== null &&
    ["frame", "end"].every((name) => typeof Reflect.get(value, name) === "function");
  if (isRenderer) return value;
  throw new InvalidOptionError(
    option,
    value,
    `"live", "lines", "json", "silent", or an object with the methods frame and end`,
  );
}

function checkInterval(option: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value < Infinity) return value;
  throw new InvalidOptionError(option, value, "milliseconds above 0");
}

function checkOutput(option: string, value: unknown): unknown {
  if (value === "stdout" || value === "stderr") return value;
  throw new InvalidOptionError(option, value, `"stdout" or "stderr"`);
}

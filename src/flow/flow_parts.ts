import type { Rules } from "../engine/command.ts";
import type { Binding, Pool } from "../pool/task.ts";
import type { Store } from "../store/store.ts";
import type { QueueLimits } from "./backpressure.ts";
import type { EventFeed } from "./event_feed.ts";
import type { LimitBy } from "./add_options.ts";
import type { StatusReport } from "./status_report.ts";
import type { StepControl } from "./step_control.ts";
import type { Tracing } from "./tracing.ts";

/** The parts of a flow that its runner needs. */
export interface FlowParts {
  readonly flowId: string;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly rules: Rules;
  /** The functions that return the keys of limits, by routine id. */
  readonly limitKeys: ReadonlyMap<string, LimitBy>;
  readonly maxWorkers: number;
  readonly concurrency: number;
  readonly pool: Pool;
  readonly store: Store;
  readonly limits: QueueLimits;
  /** Reports the status of the flow to its user. */
  readonly status: StatusReport;
  /** The readers of stored JobEvents. */
  readonly feed: EventFeed;
  /** The breakpoints. */
  readonly steps: StepControl;
  /** Records the traces of the flow, if it is traced. */
  readonly tracing: Tracing | undefined;
}

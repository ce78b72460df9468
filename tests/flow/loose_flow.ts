import {
  Flow,
  type FlowIssue,
  type FlowOptions,
  type JobEvent,
  type JobState,
} from "@millrace/flow";

/** A flow as it looks to a program that was not type-checked. */
export interface LooseFlow extends AsyncDisposable {
  readonly jobs: ReadonlyMap<string, JobState>;
  add(id: unknown, routine: unknown, options?: unknown): LooseFlow;
  connect(from: unknown, to: unknown, options?: unknown): LooseFlow;
  validate(options?: unknown): Promise<FlowIssue[]>;
  preload(): Promise<void>;
  start(entry: unknown, payload?: unknown, options?: unknown): JobState;
  execute(entry: unknown, payload?: unknown, options?: unknown): Promise<JobState>;
  pause(job?: unknown): void;
  resume(job?: unknown): void;
  cancel(job?: unknown, reason?: unknown): JobState;
  events(options?: unknown): AsyncIterableIterator<JobEvent>;
  close(): Promise<void>;
}

/** Makes a flow whose wiring the compiler does not check. */
export function looseFlow(options?: unknown): LooseFlow {
  return new Flow(options as FlowOptions) as unknown as LooseFlow;
}

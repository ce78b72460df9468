import type { Binding, Effects, Found, Outcome, Pool, Task, TaskSource } from "../../faces/pool.ts";
import type { Routine } from "../../mod.ts";

/** A binding of a routine, outside any flow. */
export function bind(routine: Routine): Binding {
  return { routine, config: {}, flowId: "flow", routineId: "routine" };
}

/** A task that records its calls and its outcome. */
export class TestTask implements Task {
  readonly jobId = "job";
  readonly attempt = 1;
  readonly transfer: readonly Transferable[] | undefined;
  readonly begun = Promise.withResolvers<string>();
  readonly ended = Promise.withResolvers<Outcome>();
  readonly progressed = Promise.withResolvers<void>();
  readonly calls: string[] = [];

  constructor(
    readonly activationId: string,
    readonly binding: Binding,
    readonly slot: string,
    readonly payload: unknown,
    transfer?: readonly Transferable[],
  ) {
    this.transfer = transfer;
  }

  begin(workerId: string): void {
    this.calls.push("begin");
    this.begun.resolve(workerId);
  }

  end(outcome: Outcome): void {
    this.calls.push("end");
    this.ended.resolve(outcome);
  }

  restart(): void {
    this.calls.push("restart");
  }

  progress(): void {
    this.progressed.resolve();
  }

  flush(_effects: Effects): void {}

  get(): Found {
    return { found: false };
  }

  keys(): string[] {
    return [];
  }

  routineState(): Readonly<Record<string, unknown>> {
    return {};
  }

  lock(keys: readonly string[], grant: (values: ReadonlyMap<string, Found>) => void): void {
    grant(new Map(keys.map((key) => [key, this.get()])));
  }
}

/** A source of test tasks. */
export class TestSource implements TaskSource {
  readonly #waiting: TestTask[] = [];
  /** The tasks in the order in which they were taken. */
  readonly taken: TestTask[] = [];
  failure: Error | undefined;

  constructor(readonly pool: Pool, readonly maxWorkers: number) {
    pool.attach(this);
  }

  add(...tasks: TestTask[]): void {
    this.#waiting.push(...tasks);
    this.pool.wake();
  }

  get ready(): number {
    return this.#waiting.length;
  }

  take(): TestTask | undefined {
    const task = this.#waiting.shift();
    if (task !== undefined) this.taken.push(task);
    return task;
  }

  fail(error: Error): void {
    this.failure = error;
  }
}

/** Waits for all tasks to end. */
export async function outcomes(tasks: readonly TestTask[]): Promise<Outcome[]> {
  return await Promise.all(tasks.map(({ ended }) => ended.promise));
}

/** Returns the greatest number of executions that overlapped, by the times measured in the workers. */
export function greatestOverlap(outcomes: readonly Outcome[]): number {
  const changes = outcomes.flatMap(({ execution }) =>
    execution === undefined ? [] : [
      { at: execution.startedAt, change: 1 },
      { at: execution.endedAt, change: -1 },
    ]
  );
  changes.sort((a, b) => a.at - b.at || a.change - b.change);
  let now = 0;
  return Math.max(0, ...changes.map(({ change }) => now += change));
}

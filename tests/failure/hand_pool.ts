import type { Effects, Pool, Task, TaskSource } from "@millrace/flow/pool";

/** A pool whose tasks a test takes, begins and ends by hand, so that it chooses every moment. */
export class HandPool implements Pool {
  readonly maxWorkers = 4;
  readonly concurrency = 4;
  /** The tasks that were taken back. */
  readonly revoked: Task[] = [];
  readonly #begun = new Set<Task>();
  #source: TaskSource | undefined;

  /** The next task of the flow, not begun; `undefined` if it gives none. */
  take(): Task | undefined {
    return this.#source?.take();
  }

  /** Takes the next task and begins it. */
  begin(): Task {
    const task = this.take();
    if (task === undefined) throw new Error("there is nothing to take");
    task.begin("w1");
    this.#begun.add(task);
    return task;
  }

  /** Takes the next task and fails it. */
  fail(message: string): void {
    this.#end(this.begin(), { error: { name: "Error", message }, execution });
  }

  /** Takes the next task and completes it. */
  complete(effects: Partial<Effects> = {}): void {
    const all = { emits: [], sharedData: [], sharedLog: [], ...effects };
    this.#end(this.begin(), { effects: all, execution });
  }

  attach(source: TaskSource): void {
    this.#source = source;
  }

  detach(): void {
    this.#source = undefined;
  }

  wake(): void {}

  revoke(task: Task): boolean {
    if (this.#begun.has(task)) return false;
    this.revoked.push(task);
    return true;
  }

  abort(task: Task, { name, message }: Error): void {
    if (!this.#begun.has(task)) return;
    queueMicrotask(() => this.#end(task, { error: { name, message }, execution }));
  }

  startedAt(): undefined {}

  stateOf(): undefined {}

  hold(): undefined {}

  load(): Promise<Error[]> {
    return Promise.resolve([]);
  }

  stats() {
    return { live: 0, ready: 0, busy: 0, lost: 0, queued: 0 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #end(task: Task, outcome: Parameters<Task["end"]>[0]): void {
    if (this.#begun.delete(task)) task.end(outcome);
  }
}

const execution = { workerId: "w1", startedAt: 0, endedAt: 0 };

import type { Effects, Pool, Task, TaskSource } from "@millrace/flow/pool";

/** The number of tasks that are taken before any of them ends, as with two workers. */
const AT_ONCE = 256;

const WORKER = "worker_1";

/**
 * A pool without workers, which executes the stages of the five-stage flow itself: the time of a run
 * is then that of the host alone.
 */
export class InstantPool implements Pool {
  readonly maxWorkers = 2;
  readonly concurrency = 2;
  readonly #sources = new Set<TaskSource>();
  #isWaking = false;

  attach(source: TaskSource): void {
    this.#sources.add(source);
    this.wake();
  }

  detach(source: TaskSource): void {
    this.#sources.delete(source);
  }

  wake(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    // As messages of workers do, each round begins with an empty stack.
    setTimeout(() => this.#run());
  }

  revoke(): boolean {
    return false;
  }

  abort(): void {}

  stateOf(): undefined {}

  startedAt(): undefined {}

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

  #run(): void {
    this.#isWaking = false;
    for (const source of this.#sources) {
      const tasks: Task[] = [];
      for (let task = source.take(); task !== undefined; task = source.take()) {
        tasks.push(task);
        if (tasks.length === AT_ONCE) break;
      }
      for (const task of tasks) task.begin(WORKER);
      for (const task of tasks) task.end({ effects: effectsOf(task), execution: execution() });
      if (tasks.length > 0) this.wake();
    }
  }
}

/** Returns the effects that the stages of the five-stage flow have. */
function effectsOf({ binding, payload }: Task): Effects {
  const value = (payload as number) + 1;
  if (Object.hasOwn(binding.routine.events, "output")) {
    const emit = { event: "output", payload: value, timestamp: performance.now() };
    return { emits: [emit], sharedData: [], sharedLog: [] };
  }
  return { emits: [], sharedData: [{ key: "value", value }], sharedLog: [] };
}

function execution() {
  const at = performance.timeOrigin + performance.now();
  return { workerId: WORKER, startedAt: at, endedAt: at };
}

// A task of the test's own source, and the source: they note all that the pool calls, and what is wrong
// in the order of it.

import type { Binding, Effects, Found, Outcome, Pool, Task, TaskSource } from "@millrace/flow/pool";
import { type End, saidIn, valuesIn } from "./oracle.ts";
import type { Moment } from "./plan.ts";

/** The callbacks by which a test follows its tasks, and may act meanwhile. */
export interface Watch {
  /** A task has come to a moment. */
  on(task: WatchedTask, moment: Moment): void;
  /** Something is wrong. */
  fault(task: WatchedTask, what: string): void;
}

/** A task that notes its calls and its outcome. */
export class WatchedTask implements Task {
  readonly jobId: string;
  readonly activationId: string;
  readonly attempt = 1;
  readonly ended: PromiseWithResolvers<void> = Promise.withResolvers();
  workerId: string | undefined;
  outcome: Outcome | undefined;
  restarts = 0;
  isRevoked = false;
  /** The effects committed by flushes since it was started. */
  readonly flushed: Effects[] = [];
  readonly progressed: unknown[] = [];
  #data = new Map<string, unknown>();
  #state: Record<string, unknown> = {};

  constructor(
    readonly nonce: string,
    readonly index: number,
    readonly binding: Binding,
    readonly slot: string,
    readonly payload: unknown,
    readonly transfer: readonly Transferable[] | undefined,
    readonly throwsIn: string | undefined,
    readonly watch: Watch,
  ) {
    this.jobId = `job of ${nonce}`;
    this.activationId = `activation of ${nonce}`;
  }

  begin(workerId: string): void {
    if (this.workerId !== undefined) this.watch.fault(this, "begins twice");
    if (this.isRevoked) this.watch.fault(this, "begins after it was revoked");
    this.workerId = workerId;
    this.#at("begin");
  }

  end(outcome: Outcome): void {
    if (this.outcome !== undefined) this.watch.fault(this, "ends twice");
    if (this.workerId === undefined) this.watch.fault(this, "ends before it begins");
    if (this.isRevoked) this.watch.fault(this, "ends after it was revoked");
    this.outcome = outcome;
    this.ended.resolve();
    this.#at("end");
  }

  restart(): void {
    this.#isAlive("restarts");
    this.restarts++;
    this.flushed.length = 0;
    this.#data = new Map();
    this.#state = {};
    this.#at("restart");
  }

  progress(data: unknown): void {
    this.#isAlive("reports progress");
    this.progressed.push(data);
    this.#at("progress");
  }

  flush(effects: Effects): void | Promise<void> {
    this.#isAlive("flushes");
    this.flushed.push(effects);
    for (const write of effects.sharedData) {
      if (write.deleted) this.#data.delete(write.key);
      else this.#data.set(write.key, write.value);
    }
    Object.assign(this.#state, effects.routineState);
    this.#at("flush");
    return this.index % 2 === 0 ? undefined : new Promise((resolve) => setTimeout(resolve));
  }

  get(key: string): Found {
    this.#isAlive("gets");
    if (this.throwsIn === "get") throw new Error(`${this.nonce} get throws`);
    return this.#data.has(key) ? { found: true, value: this.#data.get(key) } : { found: false };
  }

  keys(): string[] {
    this.#isAlive("asks for keys");
    return [...this.#data.keys()];
  }

  routineState(): Readonly<Record<string, unknown>> {
    this.#isAlive("asks for its state");
    return this.#state;
  }

  lock(keys: readonly string[], grant: (values: ReadonlyMap<string, Found>) => void): void {
    this.#isAlive("locks");
    if (this.throwsIn === "lock") throw new Error(`${this.nonce} lock throws`);
    const values = () => {
      const found = (key: string): Found =>
        this.#data.has(key) ? { found: true, value: this.#data.get(key) } : { found: false };
      grant(new Map(keys.map((key) => [key, found(key)])));
    };
    if (this.index % 2 === 0) values();
    else setTimeout(values);
  }

  #at(moment: Moment): void {
    this.watch.on(this, moment);
    if (this.throwsIn === moment) throw new Error(`${this.nonce} ${moment} throws`);
  }

  #isAlive(what: string): void {
    if (this.workerId === undefined) this.watch.fault(this, `${what} before it begins`);
    if (this.outcome !== undefined) this.watch.fault(this, `${what} after it has ended`);
    if (this.isRevoked) this.watch.fault(this, `${what} after it was revoked`);
  }
}

/** A source of such tasks. */
export class WatchedSource implements TaskSource {
  readonly #waiting: WatchedTask[] = [];

  constructor(
    readonly pool: Pool,
    readonly maxWorkers: number,
    readonly concurrency: number,
  ) {
    pool.attach(this);
  }

  add(...tasks: readonly WatchedTask[]): void {
    this.#waiting.push(...tasks);
    this.pool.wake();
  }

  get ready(): number {
    return this.#waiting.length;
  }

  take(): WatchedTask | undefined {
    return this.#waiting.shift();
  }

  /** Takes out a task that the pool does not have yet. */
  remove(task: WatchedTask): boolean {
    const index = this.#waiting.indexOf(task);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  fail(error: Error): void {
    const { name, message } = error;
    for (const task of this.#waiting.splice(0)) {
      attempt(() => task.begin(""));
      attempt(() => task.end({ error: { name, message }, execution: undefined }));
    }
  }
}

function attempt(call: () => void): void {
  try {
    call();
  } catch {
    // The task was to throw.
  }
}

/** Returns the end of a task, with all that it did. */
export function endOf({ outcome, flushed }: WatchedTask): End {
  const isWell = outcome !== undefined && outcome.error === undefined;
  const parts = isWell ? [...flushed, outcome.effects] : flushed;
  return { values: valuesIn(parts), said: saidIn(parts), error: outcome?.error };
}

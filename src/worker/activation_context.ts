import { now } from "../data/clock.ts";
import { faithfulCopy, faithfulMove } from "../data/faithful_copy.ts";
import { ActivationEndedError } from "../errors/activation_ended_error.ts";
import type { BindingMessage, Found, TaskMessage } from "../pool/protocol.ts";
import type {
  EmitOptions,
  RoutineContext,
  RoutineState,
  SharedData,
  SharedLog,
} from "../routine/context.ts";
import type { Effects, Emit, LogWrite } from "../routine/effects.ts";
import type { HostLink } from "./host_link.ts";
import { SharedDataBuffer } from "./shared_data_buffer.ts";

/** The `ctx` of one activation: keeps its effects until they commit. */
export class ActivationContext implements RoutineContext {
  readonly flowId: string;
  readonly jobId: string;
  readonly routineId: string;
  readonly slot: string;
  readonly activationId: string;
  readonly attempt: number;
  readonly workerId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly #events: object;
  readonly #ticket: number;
  readonly #link: HostLink;
  #emits: Emit[] = [];
  #log: LogWrite[] = [];
  #state: Record<string, unknown> | undefined;
  #data: SharedDataBuffer | undefined;
  #abort: AbortController | undefined;
  #abortReason: Error | undefined;
  #flushes: Promise<void> | undefined;
  #ended = false;

  constructor(
    task: TaskMessage,
    binding: BindingMessage,
    events: object,
    workerId: string,
    link: HostLink,
  ) {
    this.flowId = binding.flowId;
    this.jobId = task.jobId;
    this.routineId = binding.routineId;
    this.slot = task.slot;
    this.activationId = task.activationId;
    this.attempt = task.attempt;
    this.workerId = workerId;
    this.config = binding.config;
    this.#events = events;
    this.#ticket = task.ticket;
    this.#link = link;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#abortReason !== undefined) this.#abort.abort(this.#abortReason);
    }
    return this.#abort.signal;
  }

  get sharedData(): SharedData {
    const data = this.#data ??= new SharedDataBuffer();
    const read = (key: string) => () =>
      this.#link.ask(this.#ticket, { kind: "get", key }) as Promise<Found>;
    return {
      get: async <Value>(key: string) => {
        this.#use("sharedData.get");
        return await data.get(key, read(key)) as Value | undefined;
      },
      has: async (key) => {
        this.#use("sharedData.has");
        return data.has(key) ?? (await read(key)()).found;
      },
      keys: async () => {
        this.#use("sharedData.keys");
        return data.keys(await this.#link.ask(this.#ticket, { kind: "keys" }) as string[]);
      },
      set: (key, value) => {
        this.#use("sharedData.set");
        data.set(key, value);
      },
      delete: (key) => {
        this.#use("sharedData.delete");
        data.delete(key);
      },
      // Async for the caller's `await`, though nothing is awaited until the handler ends.
      // deno-lint-ignore require-await
      update: async <Value>(key: string, change: (value: Value | undefined) => Value) => {
        this.#use("sharedData.update");
        data.update(key, change as (value: unknown) => unknown);
      },
    };
  }

  get sharedLog(): SharedLog {
    return {
      append: (entry) => {
        this.#use("sharedLog.append");
        this.#log.push({ timestamp: now(), data: faithfulCopy(entry, "sharedLog entry") });
      },
    };
  }

  get routineState(): RoutineState {
    return {
      get: async <State>() => {
        this.#use("routineState.get");
        const committed = await this.#link.ask(this.#ticket, { kind: "routineState" }) as object;
        const own = faithfulCopy(this.#state, "routineState") as object | undefined;
        return { ...committed, ...own } as Partial<State>;
      },
      patch: (fields) => {
        this.#use("routineState.patch");
        const copy = faithfulCopy(fields, "routineState") as Record<string, unknown>;
        this.#state = { ...this.#state, ...copy };
      },
    };
  }

  now(): number {
    return now();
  }

  emit(event: string, payload?: unknown, { transfer = [] }: EmitOptions = {}): void {
    this.#use("emit");
    if (!Object.hasOwn(this.#events, event)) {
      const known = Object.keys(this.#events).join(", ") || "none";
      throw new TypeError(
        `"${this.routineId}" has no event "${event}"; its events are: ${known}`,
      );
    }
    const what = `payload of "${event}"`;
    const timestamp = now();
    if (transfer.length === 0) {
      this.#emits.push({ event, payload: faithfulCopy(payload, what), timestamp });
    } else {
      this.#emits.push({ event, ...faithfulMove(payload, what, transfer), timestamp });
    }
  }

  flush(): Promise<void> {
    this.#use("flush");
    // One after the other, as each may have to wait for locks.
    return this.#flushes = Promise.resolve(this.#flushes).then(() => this.#flush());
  }

  progress(data: unknown): void {
    this.#use("progress");
    const copy = faithfulCopy(data, "progress");
    this.#link.post({ type: "progress", ticket: this.#ticket, data: copy });
  }

  /** Tells the handler to stop. */
  abort(reason: Error): void {
    this.#abortReason = reason;
    this.#abort?.abort(reason);
  }

  /** Ends the activation; nothing can be done through the context any more. */
  end(): void {
    this.#ended = true;
  }

  /** Whether something is to be awaited before {@linkcode take}. */
  get isUnsettled(): boolean {
    return this.#flushes !== undefined || (this.#data?.unresolved.length ?? 0) > 0;
  }

  /** Brings the effects to where they can commit: flushes over, updates made. */
  async settle(): Promise<void> {
    await this.#flushes;
    await this.#resolveUpdates();
  }

  /** Takes the effects, to commit them. */
  take(): { effects: Effects; transfer: Transferable[] } {
    const effects: Effects = {
      emits: this.#emits,
      sharedData: this.#data?.take() ?? [],
      sharedLog: this.#log,
      ...this.#state !== undefined && { routineState: this.#state },
    };
    const transfer = this.#emits.flatMap(({ transfer }) => transfer ?? []);
    this.#emits = [];
    this.#log = [];
    this.#state = undefined;
    return { effects, transfer };
  }

  async #flush(): Promise<void> {
    await this.#resolveUpdates();
    const { effects, transfer } = this.take();
    await this.#link.ask(this.#ticket, { kind: "flush", effects }, transfer);
  }

  /** Makes the updates to the values that the host has committed, and keeps locked until we commit. */
  async #resolveUpdates(): Promise<void> {
    const keys = this.#data?.unresolved ?? [];
    if (keys.length === 0) return;
    const committed = await this.#link.ask(this.#ticket, { kind: "lock", keys });
    this.#data?.resolve(committed as ReadonlyMap<string, Found>);
  }

  #use(call: string): void {
    if (!this.#ended) return;
    throw new ActivationEndedError(
      `ctx.${call} came after activation ${this.activationId} of "${this.routineId}" had ended; await everything the handler starts`,
      { flowId: this.flowId, jobId: this.jobId, routineId: this.routineId },
    );
  }
}

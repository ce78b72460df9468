import type { ActivationAbout, BindingMessage, HostMessage, TasksMessage } from "./protocol.ts";
import type { Bound } from "./bound.ts";
import type { QueuedTask } from "./queued_task.ts";
import type { WorkerThread } from "./worker_thread.ts";

/** The messages that a worker is sent, by their numbers, and the routines that it knows from them. */
export class WorkerInbox {
  readonly #thread: WorkerThread;
  readonly #known = new Map<number, BindingMessage>();
  /** The messages that introduced them, by their numbers. */
  readonly #introduced = new Map<number, number>();
  #sent = 0;

  constructor(thread: WorkerThread) {
    this.#thread = thread;
  }

  /** Number of messages sent. */
  get sent(): number {
    return this.#sent;
  }

  /** The routine of a number, if the worker knows it. */
  bindingOf(number: number): BindingMessage | undefined {
    return this.#known.get(number);
  }

  /**
   * Sends a message.
   *
   * @returns Its number.
   * @throws If it cannot be sent; then nothing of it was.
   */
  post(message: HostMessage, transfer?: readonly Transferable[]): number {
    this.#thread.post(message, transfer);
    return ++this.#sent;
  }

  /** Sends tasks that have their numbers, with the routines that the worker does not know yet. */
  postTasks(batch: readonly QueuedTask[]): void {
    const jobId = batch[0]?.task.jobId ?? "";
    const message: TasksMessage = [jobId, undefined];
    let bindings: BindingMessage[] | undefined;
    for (const held of batch) {
      const { task, bound } = held;
      if (!this.#known.has(bound.number) && bindings?.includes(bound.message) !== true) {
        message[1] = bindings ??= [];
        bindings.push(bound.message);
      }
      if (task.jobId !== jobId && message[0] === jobId) {
        message[0] = batch.map(({ task }) => task.jobId);
      }
      held.message = this.#sent + 1;
      // Read anew each time: what was executed and lost may have flushed.
      const { activationId, committed } = task;
      const about: ActivationAbout = committed === undefined
        ? activationId
        : [activationId, committed];
      message.push(held.number, task.payload, about);
    }
    this.post(message, batch[0]?.task.transfer);
    if (bindings !== undefined) { for (const binding of bindings) this.#learn(binding); }
  }

  /** Lets the worker load a routine. */
  postLoad({ message }: Bound): void {
    this.post({ type: "load", binding: message });
    this.#learn(message);
  }

  /** Lets the worker drop what it knows of a routine. */
  postForget(binding: number): void {
    this.#introduced.delete(binding);
    if (this.#known.delete(binding)) this.post({ type: "forget", binding });
  }

  /**
   * A message could not be read: the routines that it introduced are to be sent again.
   *
   * @returns Their numbers.
   */
  unlearn(message: number): ReadonlySet<number> {
    const unknown = new Set<number>();
    for (const [number, introducedIn] of this.#introduced) {
      if (introducedIn !== message) continue;
      unknown.add(number);
      this.#known.delete(number);
      this.#introduced.delete(number);
    }
    return unknown;
  }

  #learn(binding: BindingMessage): void {
    this.#known.set(binding.number, binding);
    this.#introduced.set(binding.number, this.#sent);
  }
}

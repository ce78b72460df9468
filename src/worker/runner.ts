import { now } from "../data/clock.ts";
import { deepFreeze } from "../data/deep_freeze.ts";
import { Fifo } from "../data/fifo.ts";
import { reviveError, serializeError } from "../data/serialized_error.ts";
import { SlotValidationError } from "../errors/slot_validation_error.ts";
import type { BindingMessage, HostMessage, TaskMessage } from "../pool/protocol.ts";
import { type Handler, handlersOf, type Routine } from "../routine/routine.ts";
import { ActivationContext } from "./activation_context.ts";
import type { HostLink } from "./host_link.ts";
import { loadRoutine } from "./routine_loader.ts";

/** A routine bound to its place in a flow, loaded when first needed. */
interface Bound {
  readonly message: BindingMessage;
  routine: Routine | undefined;
}

/** Executes the tasks that a worker is sent, one at a time. */
export class Runner {
  readonly #workerId: string;
  readonly #link: HostLink;
  readonly #bindings = new Map<number, Bound>();
  readonly #line = new Fifo<TaskMessage>();
  #current: { readonly ticket: number; readonly context: ActivationContext } | undefined;
  #isRunning = false;

  constructor(workerId: string, link: HostLink) {
    this.#workerId = workerId;
    this.#link = link;
  }

  /** Does what a message of the host says. */
  receive(message: HostMessage): void {
    switch (message.type) {
      case "tasks":
        for (const binding of message.bindings) this.#bind(binding);
        for (const task of message.tasks) this.#line.push(task);
        if (!this.#isRunning) void this.#run();
        return;
      case "load":
        return void this.#load(message.ask, message.binding);
      case "abort":
        if (this.#current?.ticket !== message.ticket) return;
        return this.#current.context.abort(reviveError(message.reason));
      case "answer":
        return this.#link.answer(message.ask, message.value);
      default:
        message satisfies never;
    }
  }

  #bind(message: BindingMessage): Bound {
    const known = this.#bindings.get(message.binding);
    if (known !== undefined) return known;
    // One copy serves every activation here, so no handler may leave anything in it.
    const bound: Bound = { message: deepFreeze(message), routine: undefined };
    this.#bindings.set(message.binding, bound);
    return bound;
  }

  async #load(ask: number, message: BindingMessage): Promise<void> {
    let error;
    try {
      const bound = this.#bind(message);
      bound.routine ??= await loadRoutine(message);
    } catch (thrown) {
      error = serializeError(thrown);
    }
    this.#link.post({ type: "loaded", ask, error });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let task = this.#line.shift(); task !== undefined; task = this.#line.shift()) {
      await this.#execute(task);
    }
    this.#isRunning = false;
    this.#link.flush();
  }

  async #execute(task: TaskMessage): Promise<void> {
    const bound = this.#bindings.get(task.binding) as Bound;
    let startedAt = now();
    let context: ActivationContext | undefined;
    try {
      bound.routine ??= await loadRoutine(bound.message);
      const { routine, message } = bound;
      context = new ActivationContext(task, message, routine.events, this.#workerId, this.#link);
      this.#current = { ticket: task.ticket, context };
      startedAt = now();
      await this.#handle(routine, task, context);
      if (context.isUnsettled) await context.settle();
      const { effects, transfer } = context.take();
      this.#link.result(
        { ticket: task.ticket, startedAt, endedAt: now(), effects, error: undefined },
        transfer,
      );
    } catch (thrown) {
      const error = serializeError(thrown);
      this.#link.result(
        { ticket: task.ticket, startedAt, endedAt: now(), effects: undefined, error },
        [],
      );
    } finally {
      context?.end();
      this.#current = undefined;
    }
  }

  /** Calls the handler with the payload as the slot's schema gives it. */
  #handle(routine: Routine, task: TaskMessage, context: ActivationContext): unknown {
    const { slot, payload } = task;
    const handler = handlersOf(routine)?.[slot] as Handler;
    const schema = routine.slots[slot]?.schema;
    if (schema === undefined) return handler(payload, context);
    return validated(schema, `${context.routineId}.${slot}`, payload)
      .then((value) => handler(value, context));
  }
}

async function validated(
  schema: NonNullable<Routine["slots"][string]["schema"]>,
  slot: string,
  payload: unknown,
): Promise<unknown> {
  const result = await schema["~standard"].validate(payload);
  if (result.issues !== undefined) throw new SlotValidationError(slot, result.issues);
  return result.value;
}

import { deepFreeze, isDeepFrozen } from "../data/deep_freeze.ts";
import { faithfulCopy } from "../data/faithful_copy.ts";
import { serializeError } from "../data/serialized_error.ts";
import { SlotValidationError } from "../errors/slot_validation_error.ts";
import type { BindingMessage } from "../pool/protocol.ts";
import { type Handler, handlersOf } from "../routine/routine.ts";
import type { Schema } from "../routine/schema.ts";
import type { ActivationContext } from "./activation_context.ts";
import type { HostLink } from "./host_link.ts";
import { loadRoutine } from "./routine_loader.ts";

/** How much a long duration counts for the estimate after one more task. */
const DECAY = 0.9;

/** A routine in its place, loaded when it is first needed. */
export class BoundRoutine {
  /** What the host told of it. */
  readonly message: BindingMessage;
  /** The names of its events. */
  events: object = {};
  readonly #link: HostLink;
  readonly #loadTimeout: number;
  /** Whether nothing in the config can be changed. */
  readonly #isConfigFixed: boolean;
  #handlers: readonly Handler[] = [];
  #schemas: readonly (Schema | undefined)[] = [];
  #loading: Promise<void> | undefined;
  #isLoaded = false;
  #estimate = Infinity;

  constructor(message: BindingMessage, link: HostLink, loadTimeout: number) {
    // One copy serves every activation here, so no handler may leave anything in it.
    this.message = deepFreeze(message);
    this.#isConfigFixed = isDeepFrozen(message.config);
    this.#link = link;
    this.#loadTimeout = loadTimeout;
  }

  /** The config for one activation, a copy if something in it can be changed, as in a Map. */
  get config(): BindingMessage["config"] {
    const { config } = this.message;
    if (this.#isConfigFixed) return config;
    return deepFreeze(faithfulCopy(config, "config") as BindingMessage["config"]);
  }

  /** Whether it can be called. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** How long a task may take, in milliseconds: long ones are remembered for a while. */
  get estimate(): number {
    return this.#estimate;
  }

  /** Learns how long a task took. */
  measured(ms: number): void {
    const faded = this.#estimate === Infinity ? 0 : this.#estimate * DECAY;
    this.#estimate = ms > faded ? ms : faded;
  }

  /** Loads the routine. The host is told, as it watches over how long it takes. */
  load(): Promise<void> {
    return this.#loading ??= this.#load().catch((error) => {
      this.#loading = undefined;
      throw error;
    });
  }

  /** Calls the handler of a slot, with the payload as the slot's schema gives it. */
  handle(slot: number, payload: unknown, context: ActivationContext): unknown {
    const handler = this.#handlers[slot] as Handler;
    const schema = this.#schemas[slot];
    if (schema === undefined) return handler(payload, context);
    const result = schema["~standard"].validate(payload);
    if ("then" in result) {
      return Promise.resolve(result).then((result) => handler(valid(result, context), context));
    }
    return handler(valid(result, context), context);
  }

  async #load(): Promise<void> {
    const { number: binding, slots } = this.message;
    this.#link.post({ type: "loading", binding });
    let error;
    try {
      const routine = await loadRoutine(this.message, this.#loadTimeout);
      this.#handlers = slots.map((slot) => handlersOf(routine)?.[slot] as Handler);
      this.#schemas = slots.map((slot) => routine.slots[slot]?.schema);
      this.events = routine.events;
      this.#isLoaded = true;
    } catch (thrown) {
      error = serializeError(thrown);
      throw thrown;
    } finally {
      this.#link.post({ type: "loaded", binding, error });
    }
  }
}

function valid(
  result: Awaited<ReturnType<Schema["~standard"]["validate"]>>,
  { routineId, slot }: ActivationContext,
): unknown {
  if (result.issues === undefined) return result.value;
  throw new SlotValidationError(`${routineId}.${slot}`, result.issues);
}

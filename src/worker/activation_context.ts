// The frozen context that a handler gets: checks each call, copies its values, and adds its effects to the
// `RunningActivation`. A method of `ctx` that needs nothing of the host is written here alone.

import { now, systemTime } from "../data/clock.ts";
import { faithfulMove } from "../data/faithful_copy.ts";
import {
  checkDelay,
  checkDuration,
  checkFields,
  checkId,
  checkList,
  checkOneOf,
  checkText,
} from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { setFields } from "../data/set_fields.ts";
import { UnknownSlotError } from "../errors/flow_errors.ts";
import type { Found } from "../routine/found.ts";
import type {
  EmitOptions,
  RoutineContext,
  RoutineState,
  SharedData,
  SharedLog,
  WaitForOptions,
} from "../routine/routine_context.ts";
import { encodeEmit } from "../wire/packed_effects.ts";
import type { RunningActivation } from "./running_activation.ts";
import type { Change } from "./shared_data_buffer.ts";

/** The checks of the options of `ctx.emit`. */
const EMIT: OptionChecks<EmitOptions> = {
  transfer: checkList,
  when: checkOneOf("resumed"),
  delay: checkDelay,
};

/** The checks of the options of `ctx.waitFor`. */
const WAIT_FOR: OptionChecks<WaitForOptions> = { deliverTo: checkText, timeout: checkDuration };

/**
 * The `ctx` of a handler. Its activation is in a private field, and nothing that it returns refers to the
 * activation by a field, so a handler reaches only these methods.
 */
export class ActivationContext implements RoutineContext {
  readonly #activation: RunningActivation;
  #config: Readonly<Record<string, unknown>> | undefined;

  constructor(activation: RunningActivation) {
    this.#activation = activation;
    Object.freeze(this);
  }

  get flowId(): string {
    return this.#activation.flowId;
  }

  get jobId(): string {
    return this.#activation.jobId;
  }

  get routineId(): string {
    return this.#activation.routineId;
  }

  get slot(): string {
    return this.#activation.slot;
  }

  get activationId(): string {
    return this.#activation.activationId;
  }

  get attempt(): number {
    return this.#activation.attempt;
  }

  get workerId(): string {
    return this.#activation.workerId;
  }

  get config(): Readonly<Record<string, unknown>> {
    return this.#config ??= this.#activation.config;
  }

  get signal(): AbortSignal {
    return this.#activation.signal;
  }

  get sharedData(): SharedData {
    const activation = this.#activation;
    const { data } = activation;
    const read = (key: string) => () => activation.ask({ kind: "get", key }) as Promise<Found>;
    return {
      get: <Value>(key: string) =>
        activation.read("sharedData.get", () => {
          activation.repetition?.reads({ key });
          return data.get(key, read(key)) as Promise<Value | undefined>;
        }),
      has: (key) =>
        activation.read("sharedData.has", async () => {
          activation.repetition?.reads({ key });
          return data.has(key) ?? (await read(key)()).found;
        }),
      keys: () =>
        activation.read("sharedData.keys", async () => {
          activation.repetition?.reads("keys");
          return data.keys(await activation.ask({ kind: "keys" }) as string[]);
        }),
      set: (key, value) => {
        if (!activation.permits("sharedData.set")) return;
        const copy = activation.copy(value, `sharedData.${key}`);
        activation.write({ kind: "set", key, value: copy }, () => data.set(key, copy));
      },
      delete: (key) => {
        if (!activation.permits("sharedData.delete")) return;
        activation.write({ kind: "delete", key }, () => data.delete(key));
      },
      // Returns a promise for consistency, although the update is made only when the handler ends or flushes.
      update: (key, change) => {
        activation.refuseInUpdate("sharedData.update");
        activation.update(key, change as Change);
        return Promise.resolve();
      },
    };
  }

  get sharedLog(): SharedLog {
    const activation = this.#activation;
    return {
      append: (entry) => {
        if (!activation.permits("sharedLog.append")) return;
        const data = activation.copy(entry, "sharedLog entry");
        activation.append({ timestamp: now(), data });
      },
    };
  }

  get routineState(): RoutineState {
    const activation = this.#activation;
    return {
      get: <State>() =>
        activation.read("routineState.get", async () => {
          const committed = await activation.ask({ kind: "routineState" }) as object;
          // An empty state is no checkpoint. The attempt's own patches must remain visible.
          activation.repetition?.reads("state", Object.keys(committed).length > 0);
          const own = activation.copy(activation.gathered?.routineState, "routineState") as
            | object
            | undefined;
          return { ...committed, ...own } as Partial<State>;
        }),
      patch: (fields) => {
        if (!activation.permits("routineState.patch")) return;
        const copy = activation.copy(fields, "routineState") as Record<string, unknown>;
        // The copy is checked, as structured clone makes a plain object of an instance.
        checkFields("fields of ctx.routineState.patch", copy);
        activation.write(
          { kind: "patch", value: copy },
          () => setFields((activation.gathered ??= {}).routineState ??= {}, copy),
        );
      },
    };
  }

  now(): number {
    return systemTime();
  }

  emit(event: string, payload?: unknown, options?: EmitOptions): PromiseLike<void> | undefined {
    const activation = this.#activation;
    if (!activation.permits("emit")) return undefined;
    if (!Object.hasOwn(activation.bound.events, event)) throw unknownEvent(activation, event);
    const what = `payload of "${event}"`;
    if (options === undefined) {
      return activation.emit(encodeEmit(event, activation.copy(payload, what), now()));
    }
    const { transfer = [], when, delay: given = 0 } = checkOptions("ctx.emit", options, EMIT);
    const delay = given > 0 ? given : undefined;
    if (transfer.length === 0) {
      const copy = activation.copy(payload, what);
      return activation.emit(encodeEmit(event, copy, now(), undefined, when, delay));
    }
    const moved = faithfulMove(payload, what, transfer);
    return activation.emit(encodeEmit(event, moved.payload, now(), moved.transfer, when, delay));
  }

  waitFor(signal: string, options: WaitForOptions): void {
    const activation = this.#activation;
    if (!activation.permits("waitFor")) return;
    checkId("signal", signal);
    const { deliverTo, timeout } = checkOptions("ctx.waitFor", options, WAIT_FOR);
    const { slots } = activation.bound.message;
    if (!slots.includes(deliverTo)) throw new UnknownSlotError(deliverTo, slots);
    const wait = { signal, slot: deliverTo };
    const isForEver = timeout === undefined || timeout === Infinity;
    const request = isForEver ? wait : { ...wait, timeout };
    activation.write(
      { kind: "waitFor", value: wait },
      () => void ((activation.gathered ??= {}).waits ??= []).push(request),
    );
  }

  flush(): Promise<void> {
    return this.#activation.flush();
  }

  progress(data: unknown): void {
    const activation = this.#activation;
    if (!activation.permits("progress")) return;
    const { task } = activation;
    // Sent from within the handler, as the handler may not return for a long time.
    activation.sendNow({ type: "progress", task, data: activation.copy(data, "progress") });
  }
}

// Frozen, as a change by one handler would affect all others.
Object.freeze(ActivationContext.prototype);

function unknownEvent({ bound, routineId }: RunningActivation, event: string): TypeError {
  const known = Object.keys(bound.events).join(", ") || "none";
  return new TypeError(`"${routineId}" has no event "${event}"; its events are: ${known}`);
}

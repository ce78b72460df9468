import type { RoutineContext } from "@millrace/flow/routine";
import { decodeEffects, type PackedEffects } from "../../src/wire/packed_effects.ts";
import type { Found } from "../../src/routine/found.ts";
import type { Item } from "../../src/wire/items.ts";
import type { Request } from "../../src/wire/messages.ts";
import type { Committed } from "../../src/routine/committed.ts";
import { hasEffects } from "../../src/routine/effect_parts.ts";
import type { ActivationHost } from "../../src/worker/running_activation.ts";
import type { BoundRoutine } from "../../src/worker/bound_routine.ts";
import { newActivation } from "./new_activation.ts";

/** The context of the activation under test. */
export type Context = RoutineContext;

/** The disturbance of an attempt. */
export interface Disturbance {
  readonly highWaterMark?: number;
  readonly highWaterBytes?: number;
  /** The worker is lost at this flush, counted from 1: before it commits, or before the answer. */
  readonly lostAt?: { readonly flush: number; readonly when: "before" | "after" } | undefined;
}

/** The worker is lost. */
class Lost extends Error {}

/** An activation, executed in this thread again and again, and all that it has committed. */
export class Attempts {
  readonly emitted: unknown[] = [];
  readonly logged: unknown[] = [];
  readonly waits: string[] = [];
  readonly data = new Map<string, unknown>();
  state: Record<string, unknown> = {};
  /** The commits that the next attempt is given: a number where only the count of flushes is known. */
  committed: Committed | number | undefined;
  flushes = 0;
  attempt = 0;

  /** Executes one attempt. */
  async run(
    handler: (ctx: Context) => unknown,
    { highWaterMark = Infinity, highWaterBytes, lostAt }: Disturbance = {},
  ): Promise<Error | undefined> {
    let flush = 0;
    const host: ActivationHost = {
      workerId: "w1",
      ask: async (_, request) => {
        if (request.kind !== "flush") return structuredClone(this.#answer(request));
        const isLost = ++flush === lostAt?.flush;
        if (isLost && lostAt?.when === "before") throw new Lost();
        this.#commit(request.effects, request.committed);
        if (isLost) throw new Lost();
        return await undefined;
      },
      endAsks() {},
      sendNow(_: Item) {},
    };
    const bound = {
      events: { item: {}, other: {} },
      config: {},
      message: {
        checkPayloads: true,
        highWaterMark,
        highWaterBytes,
        slots: ["input"],
        flowId: "flow",
        routineId: "routine",
      },
    } as unknown as BoundRoutine;
    const activation = newActivation(host, bound, ++this.attempt, this.committed);
    try {
      await handler(activation.context);
      activation.close();
      await activation.settle();
    } catch (error) {
      return error as Error;
    } finally {
      activation.end();
    }
    this.#commit(activation.take(), undefined);
    return undefined;
  }

  #commit(packed: PackedEffects, committed: Committed | undefined): void {
    const effects = decodeEffects(structuredClone(packed));
    if (!hasEffects(effects)) return;
    this.flushes++;
    // As a journal gives it back.
    this.committed = committed && JSON.parse(JSON.stringify(committed));
    for (const { payload } of effects.emits) this.emitted.push(payload);
    for (const { data } of effects.sharedLog) this.logged.push(data);
    for (const { signal } of effects.waits ?? []) this.waits.push(signal);
    for (const write of effects.sharedData) {
      if (write.deleted) this.data.delete(write.key);
      else this.data.set(write.key, write.value);
    }
    this.state = { ...this.state, ...effects.routineState };
  }

  #answer(request: Exclude<Request, { kind: "flush" }>): unknown {
    switch (request.kind) {
      case "get":
        return this.#found(request.key);
      case "keys":
        return [...this.data.keys()];
      case "routineState":
        return this.state;
      case "lock":
        return new Map(request.keys.map((key) => [key, this.#found(key)]));
    }
  }

  #found(key: string): Found {
    return this.data.has(key) ? { found: true, value: this.data.get(key) } : { found: false };
  }
}

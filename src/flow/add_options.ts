// The options of `flow.add`, with their defaults. `flow_calls.ts` has a check for each of them.

import type { Rate } from "../engine/rate_window.ts";
import type { FallbackOf, RoutinePolicy } from "../graph/policy.ts";
import type { None } from "../routine/port.ts";

/**
 * Options of `flow.add`.
 *
 * @example One routine, used with two configs
 * ```ts
 * import { type AddOptions, defineRoutine, event, Flow, slot } from "@millrace/flow";
 *
 * export const split = defineRoutine(import.meta, {
 *   slots: { text: slot<string>() },
 *   events: { part: event<string>() },
 *   config: { separator: " " },
 *   handlers: {
 *     text(text, ctx) {
 *       for (const part of text.split(ctx.config.separator)) ctx.emit("part", part);
 *     },
 *   },
 * });
 * const lines: AddOptions<{ separator: string }> = { config: { separator: "\n" }, critical: true };
 * await using flow = new Flow()
 *   .add("lines", split, lines)
 *   .add("words", split)
 *   .connect("lines.part", "words.text");
 * ```
 *
 * @typeParam Config The config of the routine.
 * @typeParam E The events of the routine, on which fallbacks can be emitted.
 * @typeParam Payload The payloads of its slots.
 */
export interface AddOptions<Config extends object, E = None, Payload = unknown>
  extends RoutinePolicy<FallbackOf<E>> {
  /** Changes to the routine's config, for this use of the routine alone. */
  readonly config?: Partial<Config>;
  /**
   * The maximum number of activations of the routine that execute at once, over all jobs of the flow; with `limitBy`, of
   * those of each key. The others wait in the order in which it was their turn, without a worker, and delay no other
   * routine or key.
   *
   * @default {Infinity}
   */
  readonly concurrency?: number;
  /**
   * The maximum number of attempts of the routine that start in a period, over all jobs of the flow; with `limitBy`, of
   * those of each key. The others wait as with `concurrency`. A durable flow also counts the attempts of the process
   * before it. Attempts that a lost worker executed are executed again at once; they count, but do not wait.
   *
   * @default No maximum.
   */
  readonly rate?: Rate;
  /**
   * Returns the key of an activation, such as the host of an address or the tenant of an order: `concurrency` and `rate`
   * are then both limits of each key, and the routine has none over all keys together. It is called on the host with a
   * copy of each payload and its slot, when the payload is queued, and must return at once. If it throws, or returns no
   * string, the activation fails with a `LimitKeyError`, and the policy of the routine applies. A key takes memory only
   * while it has activations, or counts to a rate.
   *
   * @default All activations of the routine count together.
   */
  readonly limitBy?: LimitBy<Payload>;
}

/**
 * A function that returns the key of an activation, by its payload and its slot.
 *
 * @example A crawler that is polite to each host
 * ```ts
 * import { defineRoutine, Flow, type LimitBy, slot } from "@millrace/flow";
 *
 * export const visit = defineRoutine(import.meta, {
 *   slots: { url: slot<string>() },
 *   handlers: { url: async (url) => void await (await fetch(url)).body?.cancel() },
 * });
 * const byHost: LimitBy<string> = (url) => new URL(url).host;
 * await using flow = new Flow({ concurrency: 32 }).add("visit", visit, {
 *   limitBy: byHost,
 *   concurrency: 4, // at a time, for each host
 *   rate: { limit: 10, per: 1_000 }, // and ten a second
 * });
 * ```
 */
export type LimitBy<Payload = unknown> = (payload: Payload, slot: string) => string;

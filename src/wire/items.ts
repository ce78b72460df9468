// The items of a worker's outbox as one message. The worker's `Outbox` encodes them, the host's
// `ReportReader` decodes them.

import type { Report } from "./messages.ts";
import type { PackedEffects } from "./packed_effects.ts";

/**
 * Items of a worker's outbox, with the number of the first, by which the host detects missing items. The end
 * of a task without effects can be a message by itself, as it is the most common message, and a bare number
 * is the fastest to send.
 */
export type ItemsMessage = readonly [first: number, ...items: Item[]] | number;

/** One item. It names its task, if it concerns one. */
export type Item =
  /** The task has ended, and had no effects. */
  | number
  /** The task has ended, with these effects. */
  | PackedEffects
  /** The activation of the task has ended, and the worker has gone straight on to the one that follows. */
  | Step
  | Report;

/** The effects of an activation from which a worker has gone straight on, and the times of its execution. */
export type Step = readonly [
  task: number,
  startedAt: number,
  endedAt: number,
  ...effects: readonly unknown[],
];

/** An item that ends a task without effects, one with effects, a step to the next activation, or a report. */
export type ItemKind = "end" | "effects" | "step" | "report";

/** Returns the kind of an item. */
export function kindOf(item: Item): ItemKind {
  if (typeof item === "number") return "end";
  if (!Array.isArray(item)) return "report";
  return typeof item[1] === "number" ? "step" : "effects";
}

/** Checks whether an item is a report. */
export function isReport(item: Item): item is Report {
  return kindOf(item) === "report";
}

/** Checks whether an item contains effects. */
export function isEffects(item: Item): item is PackedEffects {
  return kindOf(item) === "effects";
}

/** Checks whether an item is a step to the activation that follows. */
export function isStep(item: Item): item is Step {
  return kindOf(item) === "step";
}

/** Encodes a step. */
export function encodeStep(effects: PackedEffects, startedAt: number, endedAt: number): Step {
  const [task, ...parts] = effects;
  return [task, startedAt, endedAt, ...parts];
}

/** Returns the effects of the activation that a step has ended. */
export function effectsOf([task, , , ...parts]: Step): PackedEffects {
  return [task, ...parts] as unknown as PackedEffects;
}

/**
 * Encodes items as one message.
 *
 * @param first The number of the first item among all that the worker has sent.
 * @param items The items; at least one.
 */
export function encodeItems(first: number, items: readonly Item[]): ItemsMessage {
  const [item] = items;
  return items.length === 1 && typeof item === "number" ? item : [first, ...items];
}

/**
 * Decodes a message.
 *
 * @returns The items, and the number of the first item if the message contains it.
 */
export function decodeItems(
  message: ItemsMessage,
): { readonly first: number | undefined; readonly items: readonly Item[] } {
  if (typeof message === "number") return { first: undefined, items: [message] };
  return { first: message[0], items: message.slice(1) as Item[] };
}

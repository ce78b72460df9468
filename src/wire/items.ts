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
  | Report;

/** An item that ends a task without effects, one with effects, or a report. */
export type ItemKind = "end" | "effects" | "report";

/** Returns the kind of an item. */
export function kindOf(item: Item): ItemKind {
  if (typeof item === "number") return "end";
  return Array.isArray(item) ? "effects" : "report";
}

/** Checks whether an item is a report. */
export function isReport(item: Item): item is Report {
  return kindOf(item) === "report";
}

/** Checks whether an item contains effects. */
export function isEffects(item: Item): item is PackedEffects {
  return kindOf(item) === "effects";
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

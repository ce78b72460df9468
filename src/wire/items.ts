// The items of a worker's outbox as one message. The worker's `Outbox` encodes them, the host's
// `ReportReader` reads them; both ends of a channel decode them on their way.

import type { Report } from "./messages.ts";
import {
  decodeEffects,
  isSingle,
  NOTHING,
  type PackedEffects,
  singleEmit,
  taskOf,
} from "./packed_effects.ts";
import type { Effects } from "../routine/effects.ts";

/**
 * Items of a worker's outbox, with the number of the first, by which the host detects missing items. Effects
 * that are a single emit take four places, as a list of their own takes twice as long to send: the complement
 * of the number of their task, which is negative, then the parts of the emit. A step with such effects has the two
 * times of the execution before these. The end of a task without effects can be a message by itself, as it is the most common message, and a bare number is the fastest to
 * send.
 */
export type ItemsMessage = readonly [first: number, ...parts: unknown[]] | number;

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
  const [only] = items;
  if (items.length === 1 && typeof only === "number") return only;
  const message: [number, ...unknown[]] = [first];
  for (const item of items) {
    if (isEffects(item) && isSingle(item)) message.push(~item[0], item[1], item[2], item[3]);
    else if (isStep(item) && typeof item[3] === "string") message.push(~item[0], ...item.slice(1));
    else message.push(item);
  }
  return message;
}

/** Returns the number of the first item of a message, if the message contains it. */
export function firstOf(message: ItemsMessage): number | undefined {
  return typeof message === "number" ? undefined : message[0];
}

/** Passes the items of a message to a reader, in their order, without a list for each single emit. */
export function readItems(message: ItemsMessage, reader: ItemReader): void {
  if (typeof message === "number") return reader.ended(message, NOTHING);
  for (let at = 1; at < message.length; at++) {
    const item = message[at] as Item;
    if (typeof item === "number") {
      if (item >= 0) reader.ended(item, NOTHING);
      else if (typeof message[at + 1] === "string") {
        reader.ended(~item, emitAt(message, (at += 3) - 2));
      } else {
        const [startedAt, endedAt] = [message[at + 1] as number, message[at + 2] as number];
        reader.stepped(~item, startedAt, endedAt, emitAt(message, (at += 5) - 2));
      }
    } else if (isEffects(item)) reader.ended(taskOf(item), decodeEffects(item));
    else if (isStep(item)) {
      reader.stepped(taskOf(item), item[1], item[2], decodeEffects(effectsOf(item)));
    } else reader.reported(item);
  }
}

/** Returns effects that are a single emit, whose parts begin at a place of a message. */
function emitAt(message: Exclude<ItemsMessage, number>, at: number): Effects {
  return singleEmit(message[at] as string, message[at + 1], message[at + 2] as number);
}

/** The receiver of the items of a message. */
export interface ItemReader {
  /** A task has ended. */
  ended(task: number, effects: Effects): void;
  /** A worker has gone straight on from a task. */
  stepped(task: number, startedAt: number, endedAt: number, effects: Effects): void;
  reported(report: Report): void;
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
  const items: Item[] = [];
  for (let at = 1; at < message.length; at++) {
    const part = message[at] as Item;
    if (typeof part !== "number" || part >= 0) items.push(part);
    else items.push([~part, message[++at] as string, message[++at], message[++at] as number]);
  }
  return { first: message[0], items };
}

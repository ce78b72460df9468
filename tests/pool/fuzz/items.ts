// Helpers with which the planted faults find items in messages, and change them.

import type { HostMessage } from "../../../src/wire/messages.ts";
import type { Item } from "../../../src/wire/items.ts";

/** An answer of the host to a question. */
export type Answer = Extract<HostMessage, { readonly type: "answer" }>;

/** The task that an item names; -1 if it names none. */
export function taskOf(item: Item): number {
  if (typeof item === "number") return item;
  if (Array.isArray(item)) return item[0];
  return "task" in item ? item.task : -1;
}

/** Checks whether an item reports the end of a task. */
export function isEnd(item: Item): boolean {
  return typeof item === "number" || Array.isArray(item) ||
    "type" in item && item.type === "failed";
}

/** The place of the first item of some kind. */
export function indexOf(items: readonly Item[], type: string): number {
  return items.findIndex((item) => nameOf(item) === type);
}

/** The name of an item: `"end"` for an end without an error. */
export function nameOf(item: Item): string {
  return typeof item === "object" && "type" in item ? item.type : "end";
}

/** An item under the number of another task. */
export function under(task: number, item: Item): Item {
  if (typeof item === "number") return task;
  if (Array.isArray(item)) return [task, ...item.slice(1)] as unknown as Item;
  return { ...item, task } as Item;
}

/** The items, one of them replaced by others. */
export function replaced(items: readonly Item[], at: number, ...by: readonly Item[]): Item[] {
  return items.toSpliced(at, 1, ...by);
}

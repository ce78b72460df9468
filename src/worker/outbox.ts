// The queue of items from a worker to its host, each with the task that it concerns. The `Runner` and the
// loading of routines push items. They are sent at the end of the runner's own stack, not from within a
// handler, whose stack may be nearly full.

import { serializeError } from "../data/serialized_error.ts";
import { encodeItems, isReport, type Item } from "../wire/items.ts";
import type { Report } from "../wire/messages.ts";
import { taskOf } from "../wire/packed_effects.ts";
import type { Port } from "./own_port.ts";

/**
 * The items that a worker has not sent yet. A message is sent whole or not at all, so the numbers of the
 * items have no gaps. An item that cannot be sent fails the task that it concerns.
 */
export class Outbox {
  readonly #port: Port;
  readonly #onRefused: (ask: number, error: unknown) => void;
  #items: Item[] = [];
  /** The items that move objects, with these objects. */
  #moving: Map<Item, readonly Transferable[]> | undefined;
  #sent = 0;

  /**
   * @param port The port to the host.
   * @param onRefused Called with the number of a question that cannot be sent, and the error.
   */
  constructor(port: Port, onRefused: (ask: number, error: unknown) => void) {
    this.#port = port;
    this.#onRefused = onRefused;
  }

  /** The number of items that were not sent yet. */
  get size(): number {
    return this.#items.length;
  }

  /** Adds an item. */
  push(item: Item, transfer?: readonly Transferable[]): void {
    if (transfer !== undefined) (this.#moving ??= new Map()).set(item, transfer);
    this.#items.push(item);
  }

  /** Sends a single item at once, from any stack. Throws if the item cannot be sent. */
  sendNow(item: Item): void {
    this.#post([item]);
  }

  /** Sends all items. */
  flush(): void {
    if (this.#items.length === 0) return;
    const items = this.#items;
    const moving = this.#moving;
    this.#items = [];
    this.#moving = undefined;
    if (moving === undefined) return this.#sendAll(items);
    // Moved objects are lost if their message cannot be sent, so an item that moves objects is sent alone.
    let rest: Item[] = [];
    for (const item of items) {
      const transfer = moving.get(item);
      if (transfer === undefined) {
        rest.push(item);
        continue;
      }
      this.#sendAll(rest);
      rest = [];
      this.#send(item, transfer);
    }
    this.#sendAll(rest);
  }

  #sendAll(items: Item[]): void {
    if (items.length === 0) return;
    try {
      this.#post(items);
    } catch {
      for (const item of items) this.#send(item);
    }
  }

  #send(item: Item, transfer?: readonly Transferable[]): void {
    try {
      this.#post([item], transfer);
    } catch (error) {
      this.#refused(item, error);
    }
  }

  #refused(item: Item, thrown: unknown): void {
    if (typeof item === "number") return this.#giveUp(thrown);
    if (!isReport(item)) {
      const error = serializeError(thrown);
      return this.#sendPlain({ type: "failed", task: taskOf(item), error });
    }
    switch (item.type) {
      case "ask":
        return this.#onRefused(item.ask, thrown);
      case "failed":
      case "uncaught":
      case "loaded": {
        const { name, message } = serializeError(thrown);
        return this.#sendPlain({ ...item, error: { name, message } });
      }
      // These contain only numbers and strings, which can always be sent.
      case "running":
      case "progress":
      case "loading":
      case "unreadable":
      case "pong":
      case "leaving":
      case "stopped":
        return this.#giveUp(thrown);
      default:
        item satisfies never;
    }
  }

  #sendPlain(item: Report): void {
    try {
      this.#post([item]);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** Ends a worker that cannot send reports, as its host would otherwise wait for them for ever. */
  #giveUp(thrown: unknown): never {
    this.#port.giveUp?.(thrown);
    throw thrown;
  }

  #post(items: readonly Item[], transfer?: readonly Transferable[]): void {
    const message = encodeItems(this.#sent, items);
    // A list of objects to move, even an empty one, makes a message slower to send.
    if (transfer === undefined) this.#port.postMessage(message);
    else this.#port.postMessage(message, transfer);
    this.#sent += items.length;
  }
}

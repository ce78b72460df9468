// The items of a worker behind a channel as its pool is to read them. `ChannelWorker` passes them through here.

import { now } from "../data/clock.ts";
import type { SerializedError } from "../data/serialized_error.ts";
import { type End, endedBy, type FromWorker } from "../wire/channel_messages.ts";
import { decodeItems, encodeItems, isReport, type Item, type ItemsMessage } from "../wire/items.ts";
import type { Report } from "../wire/messages.ts";
import { RUNNING, type SharedTaskRing } from "../wire/shared_task_ring.ts";

/**
 * Passes on the items of a worker, makes the last steps of its tasks, and adds reports of the host's end. Items
 * and ends are numbered anew, so that the pool finds no gap.
 */
export class ChannelReports {
  readonly #ring: SharedTaskRing;
  readonly #events: ChannelReportEvents;
  /** The number of items that were received from the worker. */
  #received = 0;
  /** The numbers of items, and of ends among them, that were added here to those of the worker. */
  #added = 0;
  #addedEnds = 0;
  /** The number of ends that were received from the worker. */
  #ends = 0;

  /**
   * @param ring The ring of the host.
   * @param events Called with what is to be passed on, and what has happened.
   */
  constructor(ring: SharedTaskRing, events: ChannelReportEvents) {
    this.#ring = ring;
    this.#events = events;
  }

  /** Reads the items of a message. */
  read({ items: message, ends }: Extract<FromWorker, { type: "items" }>): void {
    const { first = this.#received, items } = decodeItems(message);
    const passed: Item[] = [];
    let end = 0;
    for (const item of items) {
      const task = endedBy(item);
      if (task !== undefined) this.#end(task, ends[end++] ?? [0, 0, 0]);
      // The host's end reports a load as the worker takes it up.
      if (!isReport(item)) passed.push(item);
      else if (item.type !== "loading") passed.push(this.#see(item));
    }
    const number = first + this.#added;
    this.#received += items.length;
    this.#added -= items.length - passed.length;
    if (passed.length > 0) this.#events.message(encodeItems(number, passed));
  }

  /** Adds a report that the worker did not send. */
  add(report: Report): void {
    this.#events.message(encodeItems(this.#received + this.#added++, [report]));
  }

  /** Fails a task whose routine did not load, unless it was revoked. */
  fail(task: number, error: SerializedError): void {
    if (!this.#ring.fail(task, this.#ends + this.#addedEnds + 1)) return;
    this.#addedEnds++;
    this.add({ type: "failed", task, error });
  }

  /** Makes the last step of a task, unless it is one that the worker does not execute. */
  #end(task: number, [startedAt, endedAt, end]: End): void {
    this.#ends++;
    // `ReportReader` refuses the end of a task that the worker does not execute.
    if (this.#ring.state(task) !== RUNNING) return;
    // Between sending and hearing of it, and as long as the worker has measured, as far as both is possible:
    // the clocks of two machines may not agree.
    const sentAt = this.#ring.startedAt(task);
    const duration = Math.max(0, endedAt - startedAt);
    const to = Math.min(now(), Math.max(endedAt, sentAt + duration));
    this.#ring.start(task, RUNNING, Math.max(sentAt, to - duration));
    this.#ring.end(task, to, end + this.#addedEnds);
    this.#events.ended(task);
  }

  /** Acts on a report before it is passed on, and returns it as the pool is to read it. */
  #see(report: Report): Report {
    switch (report.type) {
      case "leaving":
        this.#events.closing();
        return report;
      case "uncaught":
        this.#events.closing();
        // The tasks that were started until now have to be executed, or are returned.
        return { ...report, at: now() };
      case "loaded":
        this.#events.loaded(report.binding, report.error);
        return report;
      default:
        return report;
    }
  }
}

/** The events of the items of a worker behind a channel. */
export interface ChannelReportEvents {
  /** Items are to be passed on. */
  message(message: ItemsMessage): void;
  /** A task that the worker has executed has ended; the item that reports that is passed on after this. */
  ended(task: number): void;
  /** A routine has loaded, or failed to; the item is passed on after this. */
  loaded(binding: number, error: SerializedError | undefined): void;
  /** The worker starts no more tasks. */
  closing(): void;
}

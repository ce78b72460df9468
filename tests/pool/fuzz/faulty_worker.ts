// A worker of a pool whose messages are changed on their way, in the place of the platform's.

import type { HostMessage, WorkerMessage } from "../../../src/wire/messages.ts";
import { decodeItems, encodeItems, type Item, type ItemsMessage } from "../../../src/wire/items.ts";
import { numbersIn } from "../../wire/numbers_in.ts";
import { SharedTaskRing } from "../../../src/wire/shared_task_ring.ts";

/** The parts of its worker that a fault can see. */
export interface View {
  /** The memory that worker and host share. */
  readonly ring: SharedTaskRing;
  /** The numbers of the tasks that are in a state. */
  in(state: number): number[];
}

/** Changes messages once. */
export interface Spoiler {
  /**
   * The messages that the host receives instead of one; `undefined` to leave it as it is, `"held back"`
   * to give it later.
   */
  items?(
    items: readonly Item[],
    view: View,
  ): readonly (readonly Item[])[] | "held back" | undefined;
  /** The messages that the worker receives instead of one; `undefined` to leave it as it is. */
  message?(message: HostMessage, view: View): readonly HostMessage[] | undefined;
  /** Set to make the numbers of the items fit, as if the worker itself had been at fault. */
  readonly renumbers?: boolean;
}

/** Plants a fault once, in one of the workers that are started until this is disposed of. */
export class FaultyWorkers implements Disposable {
  readonly #original = globalThis.Worker;
  readonly #spoiler: Spoiler;
  /** The id of the worker that the fault was planted in. */
  workerId: string | undefined;
  /** Set to plant the fault now. */
  isArmed = false;
  /** Set once that worker was ended. */
  isGivenUp = false;

  constructor(spoiler: Spoiler) {
    this.#spoiler = spoiler;
    // deno-lint-ignore no-this-alias
    const plan = this;
    globalThis.Worker = class extends this.#original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        plan.#spoil(this, options?.name?.split("/").at(-1) ?? "");
      }
    };
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#original;
  }

  #spoil(worker: Worker, id: string): void {
    const { postMessage, terminate } = worker;
    const { items, message, renumbers = false } = this.#spoiler;
    const numbers = new Set<number>();
    let ring: SharedTaskRing | undefined;
    let hear: ((event: MessageEvent) => void) | undefined;
    let sent = 0;
    let received = 0;
    const view: View = {
      get ring() {
        return ring as SharedTaskRing;
      },
      in: (state) => [...numbers].filter((number) => ring?.state(number) === state),
    };
    const firsts = new Map<readonly Item[], number>();
    const forward = (list: readonly Item[], first: number) => {
      const number = renumbers ? sent : firsts.get(list) ?? first;
      const encoded = encodeItems(number, list);
      const data = typeof encoded === "number" ? [number, encoded] : encoded;
      sent += list.length;
      if (list.length > 0) hear?.(new MessageEvent("message", { data }));
    };
    worker.addEventListener("message", (event) => {
      const data = (event as MessageEvent<WorkerMessage>).data;
      if (typeof data === "object" && "type" in data) return hear?.(event as MessageEvent);
      // One end that is a message by itself has the next number.
      const { first = received, items: list } = decodeItems(data as ItemsMessage);
      received = first + list.length;
      const isDue = this.isArmed && this.workerId === undefined;
      const spoiled = isDue ? items?.(list, view) : undefined;
      if (spoiled === undefined) return forward(list, first);
      if (spoiled === "held back") return void firsts.set(list, first);
      this.workerId = id;
      for (const one of spoiled) forward(one, first);
    });
    Object.defineProperty(worker, "onmessage", {
      set: (listener) => {
        hear = listener;
      },
    });
    worker.postMessage = (data: HostMessage, transfer?: unknown) => {
      const post = (one: HostMessage) => {
        if (transfer === undefined) postMessage.call(worker, one);
        else postMessage.call(worker, one, { transfer: transfer as Transferable[] });
      };
      if (Array.isArray(data)) {
        for (const number of numbersIn(data)) numbers.add(number);
      } else if ("type" in data && data.type === "start") ring = new SharedTaskRing(data.ring);
      const isDue = this.isArmed && this.workerId === undefined;
      const spoiled = isDue ? message?.(data, view) : undefined;
      if (spoiled === undefined) return post(data);
      this.workerId = id;
      for (const one of spoiled) post(one);
    };
    worker.terminate = () => {
      if (this.workerId === id) this.isGivenUp = true;
      terminate.call(worker);
    };
  }
}

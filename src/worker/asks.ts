import { reviveError, type SerializedError } from "../data/serialized_error.ts";
import type { Request } from "../wire/messages.ts";
import type { Outbox } from "./outbox.ts";

/** A question that has not been answered. */
interface Ask {
  readonly task: number;
  readonly answer: PromiseWithResolvers<unknown>;
}

/** The open questions of the activations in a worker to their jobs. */
export class Asks {
  readonly #open = new Map<number, Ask>();
  /** The numbers of the open questions of each task. */
  readonly #ofTask = new Map<number, Set<number>>();
  #asked = 0;

  /**
   * Adds a question to the outbox.
   *
   * @param outbox The outbox.
   * @param task The task that asks.
   * @param request The question.
   * @param transfer The objects that are moved with the question.
   * @returns The answer.
   */
  ask(
    outbox: Outbox,
    task: number,
    request: Request,
    transfer: readonly Transferable[] | undefined,
  ): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    const ask = ++this.#asked;
    this.#open.set(ask, { task, answer });
    this.#ofTask.getOrInsertComputed(task, () => new Set()).add(ask);
    outbox.push({ type: "ask", task, ask, request }, transfer);
    return answer.promise;
  }

  /**
   * Handles an answer of the host. An answer to a question that is no longer open is ignored.
   *
   * @returns `false` if the answer is invalid: the question was asked by another task, or never.
   */
  answer(task: number, ask: number, value: unknown, error: SerializedError | undefined): boolean {
    const asked = this.#open.get(ask);
    if (asked === undefined) return ask <= this.#asked;
    if (asked.task !== task) return false;
    if (error !== undefined) this.refuse(ask, reviveError(error));
    else this.#take(ask)?.resolve(value);
    return true;
  }

  /** Rejects a question. */
  refuse(ask: number, error: unknown): void {
    this.#take(ask)?.reject(error);
  }

  /** Rejects the open questions of a task. */
  end(task: number, reasonOf: () => unknown): void {
    const open = this.#ofTask.get(task);
    if (open === undefined) return;
    const reason = reasonOf();
    for (const ask of [...open]) this.refuse(ask, reason);
  }

  #take(ask: number): Ask["answer"] | undefined {
    const asked = this.#open.get(ask);
    if (asked === undefined) return undefined;
    this.#open.delete(ask);
    const ofTask = this.#ofTask.get(asked.task);
    ofTask?.delete(ask);
    if (ofTask?.size === 0) this.#ofTask.delete(asked.task);
    return asked.answer;
  }
}

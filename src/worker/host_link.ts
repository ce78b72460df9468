import type { Request, ResultMessage, WorkerMessage } from "../pool/protocol.ts";

/** The part of a worker's global scope that reaches the host. */
export interface Port {
  postMessage(message: WorkerMessage, transfer: Transferable[]): void;
}

/** A worker's way to its host: results out, questions out and answers in. */
export class HostLink {
  readonly #port: Port;
  readonly #asked = new Map<number, (value: unknown) => void>();
  #results: ResultMessage[] = [];
  #transfer: Transferable[] = [];
  #asks = 0;

  constructor(port: Port) {
    this.#port = port;
  }

  /** Sends a message at once, behind the results that came before it. */
  post(message: WorkerMessage, transfer: Transferable[] = []): void {
    this.flush();
    this.#port.postMessage(message, transfer);
  }

  /** Asks the host on behalf of a task. */
  ask(ticket: number, request: Request, transfer: Transferable[] = []): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const ask = ++this.#asks;
    this.#asked.set(ask, resolve);
    this.post({ type: "ask", ask, ticket, request }, transfer);
    return promise;
  }

  /** Takes the host's answer to an earlier question. */
  answer(ask: number, value: unknown): void {
    this.#asked.get(ask)?.(value);
    this.#asked.delete(ask);
  }

  /** Keeps a result until {@linkcode flush}. */
  result(result: ResultMessage, transfer: readonly Transferable[]): void {
    this.#results.push(result);
    this.#transfer.push(...transfer);
  }

  /** Sends the results kept, together. */
  flush(): void {
    if (this.#results.length === 0) return;
    const results = this.#results;
    const transfer = this.#transfer;
    this.#results = [];
    this.#transfer = [];
    this.#port.postMessage({ type: "results", results }, transfer);
  }
}

/** A value that came back from a worker, and the name of its class there, if it could be sent. */
export interface Echoed {
  readonly kind: string | undefined;
  readonly value: object;
}

/** A worker that sends back what it is sent. */
export class Echo {
  readonly #worker = new Worker(import.meta.resolve("./echo_worker.ts"), { type: "module" });
  readonly #waiting = new Map<number, PromiseWithResolvers<Echoed>>();
  #sent = 0;

  constructor() {
    this.#worker.addEventListener("message", ({ data }) => {
      // The value that the worker could not read is the oldest that has not come back.
      const id: number = data.id === -1 ? Math.min(...this.#waiting.keys()) : data.id;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (data.id === -1) waiting?.reject(new Error("the worker could not read it"));
      else waiting?.resolve(data);
    });
  }

  /** Sends a value there and back. */
  send(value: object): Promise<Echoed> {
    const id = this.#sent++;
    const waiting = Promise.withResolvers<Echoed>();
    this.#worker.postMessage({ id, value });
    this.#waiting.set(id, waiting);
    return waiting.promise;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

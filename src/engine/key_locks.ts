import { Fifo } from "../data/fifo.ts";

interface Request {
  readonly number: number;
  readonly keys: ReadonlySet<string>;
  readonly grant: () => void;
  /** The number of its keys for which earlier requests are ahead of it. */
  behind: number;
}

/**
 * Locks on the keys of a job's shared data. Each request gets all its keys at once, in the order of the
 * requests for each key, and holds none while it waits. This excludes deadlock and starvation. The cost of a
 * request depends on the number of its keys alone.
 */
export class KeyLocks<Owner> {
  readonly #requests = new Map<Owner, Request>();
  /** The requests for each key, oldest first. A request that is the first for all its keys holds them. */
  readonly #lines = new Map<string, Fifo<Request>>();
  #numbered = 0;

  /**
   * Requests keys.
   *
   * @param owner The owner of the request, which may have only one at a time.
   * @param keys The keys.
   * @param grant Called when the keys are locked, which may be before `request` returns.
   */
  request(owner: Owner, keys: readonly string[], grant: () => void): void {
    const number = this.#numbered++;
    const request: Request = { number, keys: new Set(keys), grant, behind: 0 };
    this.#requests.set(owner, request);
    for (const key of request.keys) {
      const line = this.#lines.getOrInsertComputed(key, () => new Fifo());
      if (line.size > 0) request.behind++;
      line.push(request);
    }
    if (request.behind === 0) grant();
  }

  /** Withdraws the request of an owner, and unlocks its keys if it holds them. */
  release(owner: Owner): void {
    const request = this.#requests.get(owner);
    if (request === undefined) return;
    this.#requests.delete(owner);
    const granted: Request[] = [];
    for (const key of request.keys) {
      const line = this.#lines.get(key) as Fifo<Request>;
      if (line.peek() !== request) {
        line.remove(request);
        continue;
      }
      line.shift();
      const next = line.peek();
      if (next === undefined) this.#lines.delete(key);
      else if (--next.behind === 0) granted.push(next);
    }
    granted.sort((a, b) => a.number - b.number);
    for (const { grant } of granted) grant();
  }
}

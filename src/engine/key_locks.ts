import { Fifo } from "../data/fifo.ts";

interface Request {
  readonly number: number;
  readonly keys: ReadonlySet<string>;
  readonly grant: () => void;
  /** Number of its keys that other requests hold or wait for. */
  behind: number;
}

/**
 * Locks on the keys of a job's shared data. An owner gets all its keys together, in the order of the
 * requests, and holds nothing while it waits: so there is no deadlock and nobody is passed over. A
 * request costs by the number of its keys, whatever the number of others.
 */
export class KeyLocks<Owner> {
  readonly #requests = new Map<Owner, Request>();
  /** The requests for each key, oldest first. One that is the first for all its keys holds them. */
  readonly #lines = new Map<string, Fifo<Request>>();
  #numbered = 0;

  /**
   * Asks for keys.
   *
   * @param owner Who asks; one request at a time.
   * @param keys The keys.
   * @param grant Called when they are held, perhaps at once.
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

  /** Gives back what an owner holds or waits for. */
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

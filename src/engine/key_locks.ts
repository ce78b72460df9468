interface Request<Owner> {
  readonly owner: Owner;
  readonly keys: readonly string[];
  readonly grant: () => void;
  granted: boolean;
}

/**
 * Locks on the keys of a job's shared data. An owner gets all its keys together, in the order of the
 * requests, and holds nothing while it waits: so there is no deadlock and nobody is passed over.
 */
export class KeyLocks<Owner> {
  readonly #requests = new Set<Request<Owner>>();

  /**
   * Asks for keys.
   *
   * @param owner Who asks; one request at a time.
   * @param keys The keys.
   * @param grant Called when they are held, perhaps at once.
   */
  request(owner: Owner, keys: readonly string[], grant: () => void): void {
    this.#requests.add({ owner, keys, grant, granted: false });
    this.#grant();
  }

  /** Gives back what an owner holds or waits for. */
  release(owner: Owner): void {
    for (const request of this.#requests) {
      if (request.owner === owner) this.#requests.delete(request);
    }
    this.#grant();
  }

  #grant(): void {
    const wanted = new Set<string>();
    const granted: Request<Owner>[] = [];
    for (const request of this.#requests) {
      if (!request.granted && !request.keys.some((key) => wanted.has(key))) {
        request.granted = true;
        granted.push(request);
      }
      for (const key of request.keys) wanted.add(key);
    }
    for (const { grant } of granted) grant();
  }
}

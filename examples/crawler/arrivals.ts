// The requests that a loopback web has received, and the questions of a test about them.

/** A request, from its arrival to its answer. Times are those of `performance.now()`. */
export interface Arrival {
  readonly url: string;
  readonly host: string;
  readonly at: number;
  /** The time of the answer; `undefined` until then. */
  readonly endedAt: number | undefined;
  /** The status of the answer; `undefined` until then. */
  readonly status: number | undefined;
}

/** A request that has not been answered yet. */
export interface OpenArrival {
  /** Records the answer, even if the client has left meanwhile. */
  end(status: number): void;
}

/** Records requests in the order of their arrival. */
export class Arrivals {
  readonly #all: (Arrival & { endedAt: number | undefined; status: number | undefined })[] = [];
  readonly #answered = new Map<string, number>();

  /** Records the arrival of a request. */
  begin(url: string, host: string): OpenArrival {
    const arrival = {
      url,
      host,
      at: performance.now(),
      endedAt: undefined as number | undefined,
      status: undefined as number | undefined,
    };
    this.#all.push(arrival);
    return {
      end: (status) => {
        arrival.endedAt = performance.now();
        arrival.status = status;
        this.#answered.set(url, this.answered(url) + 1);
      },
    };
  }

  /** Returns all requests, by the time of their arrival. */
  all(): readonly Arrival[] {
    return this.#all;
  }

  /** Returns the number of requests for a URL that were answered. */
  answered(url: string): number {
    return this.#answered.get(url) ?? 0;
  }

  /** Returns the number of successful answers for each URL. */
  fetched(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { url, status } of this.#all) {
      if (status === 200) counts.set(url, (counts.get(url) ?? 0) + 1);
    }
    return counts;
  }

  /**
   * Returns the maximum number of requests that were being answered at once, by host.
   *
   * @param keyOf Another key than the host.
   */
  mostAtOnce(keyOf: (arrival: Arrival) => string = ({ host }) => host): Map<string, number> {
    const most = new Map<string, number>();
    for (const [key, arrivals] of Map.groupBy(this.#all, keyOf)) {
      const changes = arrivals.flatMap(({ at, endedAt = Infinity }) =>
        [[at, 1], [endedAt, -1]] as const
      );
      // Of equal times, ends come first: a request may arrive as soon as another one has ended.
      changes.sort(([a, one], [b, other]) => a - b || one - other);
      let now = 0;
      for (const [, change] of changes) {
        now += change;
        most.set(key, Math.max(most.get(key) ?? 0, now));
      }
    }
    return most;
  }

  /**
   * Returns the shortest time between the first and the last of a number of successive arrivals at one host, in
   * milliseconds, by host. With a rate of `limit` requests per `per` milliseconds, `limit + 1` arrivals span at least
   * `per`, less the time by which the first of them took longer on its way than the last.
   *
   * @param count The number of arrivals.
   * @param since Leaves out requests that arrived before that time.
   * @param until Leaves out requests that arrived at that time or later.
   */
  shortestSpan(count: number, since = 0, until = Infinity): Map<string, number> {
    const spans = new Map<string, number>();
    const within = this.#all.filter(({ at }) => at >= since && at < until);
    for (const [host, arrivals] of Map.groupBy(within, ({ host }) => host)) {
      let shortest = Infinity;
      for (let last = count - 1; last < arrivals.length; last++) {
        shortest = Math.min(shortest, timeOf(arrivals, last) - timeOf(arrivals, last - count + 1));
      }
      spans.set(host, shortest);
    }
    return spans;
  }

  /** Returns the times from each answer with a status to the next request for the same URL. */
  waitsAfter(status: number): { url: string; from: number; to: number }[] {
    const answeredAt = new Map<string, number>();
    const waits: { url: string; from: number; to: number }[] = [];
    for (const arrival of this.#all) {
      const { url, at: to } = arrival;
      const from = answeredAt.get(url);
      if (from !== undefined) waits.push({ url, from, to });
      answeredAt.delete(url);
      if (arrival.status === status) answeredAt.set(url, arrival.endedAt ?? NaN);
    }
    return waits;
  }
}

function timeOf(arrivals: readonly Arrival[], i: number): number {
  return arrivals[i]?.at ?? NaN;
}

import { Random } from "../../crash/random.ts";
import { type Kind, KINDS, type Origin } from "./kinds.ts";

/** A round of the fuzz test: the same again for the same seed. */
export interface Plan {
  readonly seed: number;
  readonly pool: {
    readonly maxWorkers: number;
    readonly concurrency: number;
    readonly maxActivations: number;
    readonly idleTimeout: number;
  };
  /** The limits of the two sources of the test and of the flow. */
  readonly limits: readonly { readonly maxWorkers: number; readonly concurrency: number }[];
  readonly tasks: readonly TaskPlan[];
  readonly acts: readonly Act[];
  /** After how many milliseconds the pool is closed in the midst of work. */
  readonly closeAfter: number | undefined;
}

/** A task of a round. */
export interface TaskPlan {
  readonly nonce: string;
  readonly kind: string;
  readonly origin: Origin;
  /** When it is added, in milliseconds from the start of the round. */
  readonly at: number;
  /** The time that its handler waits, where it does, in milliseconds. */
  readonly ms: number;
  /** The method of the task on the host that throws. */
  readonly throwsIn: Moment | "get" | "lock" | undefined;
  /** After how many milliseconds it is stopped, counted from when it is added. */
  readonly stopAfter: number | undefined;
}

/** A moment of a task that its source is notified of. */
export type Moment = "begin" | "end" | "restart" | "progress" | "flush";

/** Something that is done to the pool or to a task, when a task comes to a moment. */
export interface Act {
  readonly task: number;
  readonly moment: Moment;
  readonly what: "abort" | "revoke" | "recycle" | "load" | "stats" | "wake";
  readonly target: number;
  /** Set if it is done at once, in the midst of the pool's work, instead of a turn later. */
  readonly isAtOnce: boolean;
}

const MOMENTS: readonly Moment[] = ["begin", "end", "end", "restart", "progress", "flush"];
const WHAT = ["abort", "abort", "revoke", "revoke", "recycle", "load", "stats", "wake"] as const;

/**
 * Makes the plan of a round.
 *
 * @param seed The seed.
 * @param size The number of its tasks.
 * @param only The names of the kinds to choose from; all if there are none.
 */
export function planOf(seed: number, size: number, only: readonly string[] = []): Plan {
  const random = new Random(seed);
  const { integer, one, chance } = choices(random);
  const maxWorkers = 1 + integer(3);
  const concurrency = Math.max(maxWorkers, 1 + integer(16));
  const limit = () => {
    const workers = 1 + integer(maxWorkers);
    return { maxWorkers: workers, concurrency: Math.max(workers, 1 + integer(concurrency)) };
  };
  const left = new Map(
    Object.entries(KINDS).filter(([name]) => {
      return only.length === 0 || only.includes(name);
    }),
  );
  const used = new Map<string, number>();
  const pick = (): [string, Kind] => {
    let total = 0;
    for (const { weight } of left.values()) total += weight;
    let at = random.below(total);
    for (const [name, kind] of left) {
      at -= kind.weight;
      if (at >= 0) continue;
      const count = (used.get(name) ?? 0) + 1;
      used.set(name, count);
      if (count >= (kind.most ?? Infinity) && left.size > 1) left.delete(name);
      return [name, kind];
    }
    throw new Error("there are no kinds to choose from");
  };
  const span = 5 + integer(60);
  const tasks = Array.from({ length: size }, (_, i): TaskPlan => {
    const [kind, { isRaw, isEndless, load }] = pick();
    const raw: Origin = chance(0.6) ? "first" : "second";
    const other: Origin = chance(0.5) ? "run" : load === undefined ? "flow" : "run";
    return {
      nonce: `nonce-${seed}-${i}-${integer(2 ** 31).toString(36)};`,
      kind,
      origin: isRaw || chance(0.7) ? raw : other,
      at: chance(0.5) ? 0 : integer(span),
      ms: integer(12),
      throwsIn: chance(0.03) ? one([...MOMENTS, "get", "lock"] as const) : undefined,
      stopAfter: isEndless ? 5 + integer(80) : chance(0.05) ? integer(40) : undefined,
    };
  });
  const acts = Array.from({ length: Math.ceil(size / 6) }, (): Act => ({
    task: integer(size),
    moment: one(MOMENTS),
    what: one(WHAT),
    target: integer(size),
    isAtOnce: chance(0.5),
  }));
  return {
    seed,
    pool: {
      maxWorkers,
      concurrency,
      maxActivations: chance(0.3) ? 5 + integer(40) : Infinity,
      idleTimeout: chance(0.3) ? integer(10) : 10_000,
    },
    limits: [limit(), limit(), limit()],
    tasks,
    acts,
    closeAfter: chance(0.1) ? integer(80) : undefined,
  };
}

function choices(random: Random) {
  return {
    integer: (limit: number) => random.integer(limit),
    one: <Item>(items: readonly Item[]) => items[random.integer(items.length)] as Item,
    chance: (part: number) => random.below(1) < part,
  };
}

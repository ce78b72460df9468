// The queue of jobs from which `Turns` takes the next one: by priority, and by turns of their groups.

import { Fifo } from "../data/fifo.ts";

/**
 * A queue of jobs. Those of the highest priority come first; of these, the groups take turns, and in a group the one
 * that was added first is next, unless its queue has another order. Priorities and groups take memory only while they
 * have jobs in the queue.
 */
export class FairQueue<Item extends Queueable> {
  /** The levels with jobs, the highest priority first. */
  readonly #levels: Level<Item>[] = [];
  /** The level that became empty last, to be used again: a queue of one job is often empty. */
  #spare: Level<Item> | undefined;
  readonly #newItems: () => Items<Item>;
  #size = 0;

  /** @param newItems Returns the empty queue of a group. By default, the one that was added first is next. */
  constructor(newItems: () => Items<Item> = newFifo) {
    this.#newItems = newItems;
  }

  /** The number of jobs. */
  get size(): number {
    return this.#size;
  }

  /** The priority of the next job; `undefined` if there is none. */
  get priority(): number | undefined {
    return this.#levels[0]?.priority;
  }

  /** Adds a job at the end of its group. */
  push(item: Item): void {
    this.#groupOf(item).items.push(item);
    this.#size++;
  }

  /** Adds a job at the front of its group. */
  unshift(item: Item): void {
    this.#groupOf(item).items.unshift(item);
    this.#size++;
  }

  /** Removes all jobs for which a check fails; the others stay in their order. */
  filter(isIn: (item: Item) => boolean): void {
    const left: Item[] = [];
    for (let next = this.shift(); next !== undefined; next = this.shift()) {
      if (isIn(next)) left.push(next);
    }
    for (const item of left) this.push(item);
  }

  /** Removes the next job and returns it. */
  shift(): Item | undefined {
    const [level] = this.#levels;
    if (level === undefined) return undefined;
    const { groups, turns } = level;
    const own = turns.shift() as Group<Item>;
    const item = own.items.shift();
    if (own.items.size > 0) turns.push(own);
    else if (own.group !== undefined) groups.delete(own.group);
    if (turns.size === 0) this.#spare = this.#levels.shift();
    this.#size--;
    return item;
  }

  /** Returns the group of a job, which is about to be added to it. */
  #groupOf({ job: { priority = 0, group }, isAwaited }: Item): Group<Item> {
    const level = this.#levelOf(priority);
    const own = group === undefined
      ? isAwaited ? level.awaited : level.ungrouped
      : level.groups.getOrInsertComputed(group, () => this.#newGroup(group));
    if (own.items.size === 0) level.turns.push(own);
    return own;
  }

  /** Returns the level of a priority, and adds it if there is none. */
  #levelOf(priority: number): Level<Item> {
    const levels = this.#levels;
    let [from, to] = [0, levels.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((levels[middle] as Level<Item>).priority > priority) from = middle + 1;
      else to = middle;
    }
    const found = levels[from];
    if (found?.priority === priority) return found;
    const level = this.#spare?.priority === priority ? this.#spare : this.#newLevel(priority);
    this.#spare = undefined;
    levels.splice(from, 0, level);
    return level;
  }

  #newLevel(priority: number): Level<Item> {
    return {
      priority,
      ungrouped: this.#newGroup(),
      awaited: this.#newGroup(),
      groups: new Map(),
      turns: new Fifo(),
    };
  }

  #newGroup(group?: string): Group<Item> {
    return { group, items: this.#newItems() };
  }
}

/** An item of a `FairQueue`. */
export interface Queueable {
  /** The job that it belongs to. */
  readonly job: Ranked;
  /** `true` if `flow.execute` has started the job. */
  readonly isAwaited?: boolean | undefined;
}

/** The place of a job among the others. */
export interface Ranked {
  /** The priority; absent for 0. */
  readonly priority?: number | undefined;
  /** The group; absent for that of all jobs without one. */
  readonly group?: string | undefined;
}

/** The queue of a group. */
interface Items<Item> {
  readonly size: number;
  push(item: Item): void;
  unshift(item: Item): void;
  shift(): Item | undefined;
}

/** The jobs of one priority. */
interface Level<Item> {
  readonly priority: number;
  /** The other jobs without a group. */
  readonly ungrouped: Group<Item>;
  /** The ungrouped jobs that `flow.execute` has started. */
  readonly awaited: Group<Item>;
  /** The groups with jobs, by name. */
  readonly groups: Map<string, Group<Item>>;
  /** All that have jobs; the first has the next turn. */
  readonly turns: Fifo<Group<Item>>;
}

/** The jobs of one group and priority. */
interface Group<Item> {
  readonly group: string | undefined;
  readonly items: Items<Item>;
}

function newFifo<Item>(): Items<Item> {
  return new Fifo();
}

// The queue of the activations of one job that wait for a worker. `Engine` uses one for each job.

import { Fifo } from "../data/fifo.ts";
import type { LiveActivation } from "./job.ts";

/** The number of turns that the latest stage has before an earlier one has one. */
const TURNS = 16;

/**
 * The activations of one job that wait for a worker. Those of later stages come first, so that a job finishes what it has
 * begun, and holds few intermediate results at a time. So that no stage is starved, an earlier one has a turn after
 * {@linkcode TURNS} of later ones: the earliest, and each time the next one. In a stage, the one that was added first is
 * next.
 */
export class StageQueue {
  readonly #stages: ReadonlyMap<string, number> | undefined;
  /** The stage with activations that was added first, or was left. Most jobs have one at a time. */
  #main: Stage;
  /** The others, the latest stage first; absent until there are any. */
  #others: Stage[] | undefined;
  /** The number of turns of later stages since an earlier one has had one. */
  #since = 0;
  /** The stage that has had the last turn of an earlier one. */
  #last = -1;

  /** @param stages The stage of each routine, by id; absent if all come in the order in which they were added. */
  constructor(stages: ReadonlyMap<string, number> | undefined) {
    this.#stages = stages;
    this.#main = { stage: 0, items: new Fifo() };
  }

  /** The number of activations. */
  get size(): number {
    let size = this.#main.items.size;
    if (this.#others !== undefined) { for (const { items } of this.#others) size += items.size; }
    return size;
  }

  /** Adds an activation at the end of its stage. */
  push(live: LiveActivation): void {
    this.#itemsOf(live).push(live);
  }

  /** Adds an activation at the front of its stage. */
  unshift(live: LiveActivation): void {
    this.#itemsOf(live).unshift(live);
  }

  /** Returns the next activation without removing it. */
  peek(): LiveActivation | undefined {
    return this.#next().items.peek();
  }

  /** Removes the next activation and returns it. */
  shift(): LiveActivation | undefined {
    if (this.#others === undefined) {
      this.#since = 0;
      return this.#main.items.shift();
    }
    const next = this.#next();
    if (this.#since >= TURNS) {
      this.#since = 0;
      this.#last = next.stage;
    } else this.#since = next === this.#earliest() ? 0 : this.#since + 1;
    const live = next.items.shift();
    this.#leave(next);
    return live;
  }

  /** Removes an activation; returns `false` if it is not in the queue. */
  remove(live: LiveActivation): boolean {
    const stage = this.#others === undefined ? this.#main : this.#find(this.#stageOf(live));
    if (!stage?.items.remove(live)) return false;
    this.#leave(stage);
    return true;
  }

  /** Removes all activations. */
  clear(): void {
    this.#main.items.clear();
    this.#others = undefined;
    this.#since = 0;
    this.#last = -1;
  }

  #stageOf({ activation: { routineId } }: LiveActivation): number {
    return this.#stages?.get(routineId) ?? 0;
  }

  /** Returns the queue of an activation's stage, which the activation is about to be added to. */
  #itemsOf(live: LiveActivation): Fifo<LiveActivation> {
    const main = this.#main;
    if (this.#stages === undefined) return main.items;
    const stage = this.#stageOf(live);
    if (stage === main.stage) return main.items;
    if (this.#others === undefined && main.items.size === 0) {
      main.stage = stage;
      return main.items;
    }
    const others = this.#others ??= [];
    const place = others.findIndex((one) => one.stage <= stage);
    const found = others[place];
    if (found?.stage === stage) return found.items;
    const added: Stage = { stage, items: new Fifo() };
    others.splice(place < 0 ? others.length : place, 0, added);
    return added.items;
  }

  #find(stage: number): Stage | undefined {
    if (this.#main.stage === stage) return this.#main;
    return this.#others?.find((one) => one.stage === stage);
  }

  /** Returns the stage that has the next turn. */
  #next(): Stage {
    const latest = this.#others?.[0];
    if (latest === undefined) return this.#main;
    if (this.#since >= TURNS) return this.#nextEarlier() ?? this.#earliest();
    return latest.stage > this.#main.stage ? latest : this.#main;
  }

  /** Returns the stage after the one that has had the last turn of an earlier stage, unless that is the latest. */
  #nextEarlier(): Stage | undefined {
    const later = [...this.#others ?? [], this.#main].filter(({ stage }) => stage > this.#last);
    later.sort((a, b) => a.stage - b.stage);
    return later.length > 1 ? later[0] : undefined;
  }

  #earliest(): Stage {
    const earliest = this.#others?.at(-1);
    return earliest === undefined || earliest.stage > this.#main.stage ? this.#main : earliest;
  }

  /** Removes a stage that has become empty. */
  #leave(left: Stage): void {
    const others = this.#others;
    if (others === undefined || left.items.size > 0) return;
    if (left === this.#main) this.#main = others.shift() as Stage;
    else others.splice(others.indexOf(left), 1);
    if (others.length === 0) this.#others = undefined;
  }
}

/** The waiting activations of one stage. */
interface Stage {
  stage: number;
  readonly items: Fifo<LiveActivation>;
}

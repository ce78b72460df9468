// The limits on the activations of single routines: how many execute at once, and how many start in a period, of each
// routine or of each key. `Engine` asks here before it gives an activation to the pool, and reports when it executes no
// more.

import { OrderedQueue } from "../data/ordered_queue.ts";
import { ActivationKeys } from "./activation_keys.ts";
import type { CountedRate } from "./command.ts";
import { FairQueue, type Queueable } from "./fair_queue.ts";
import { Gate, type Place, type RoutineLimit } from "./gate.ts";
import { IdleGates } from "./idle_gates.ts";
import type { LiveActivation } from "./job.ts";
import type { LimitClock } from "./limit_clock.ts";

/**
 * Limits the activations of single routines that are at a worker. The others of a routine are parked, across all jobs, so
 * that they neither hold a worker nor keep other activations of their jobs waiting. They enter by the priorities of their
 * jobs and by turns of the groups, and those of one job in the order in which they first asked.
 *
 * | an activation is | left by                                                                          |
 * | ---------------- | -------------------------------------------------------------------------------- |
 * | without a key    | `setKey`: parked; `leave`                                                        |
 * | parked           | a free place: called, or set aside if its job may not go on; `leave`             |
 * | called           | `enter`: entered; `leave`; `withdraw`, as its job may not go on: set aside       |
 * | set aside        | `parkAgain`: parked; `leave`                                                     |
 * | entered          | `leave`; `giveBack`: parked                                                      |
 *
 * A called activation has a place already, so that no later one can take it. Each key has a {@linkcode Gate} of its own,
 * which takes memory only while activations of the key are in one of these states, or their starts count to its rate.
 */
export class RoutineLimits<Owner extends Queueable> {
  /** The limited routines, by id. */
  readonly #routines = new Map<string, LimitedRoutine<Owner>>();
  readonly #clock: LimitClock;
  readonly #resume: (owner: Owner, live: LiveActivation) => boolean;
  readonly #places = new Map<LiveActivation, Place<Owner>>();
  /** The activations that have asked to enter before their keys were set, and their owners. */
  readonly #keyless = new Map<LiveActivation, Owner>();
  /** The keys of the activations. */
  readonly keys: ActivationKeys;
  readonly #idle: IdleGates<Owner>;
  #unknown: UnknownStarts | undefined;
  #issued = 0;

  /**
   * @param limits The limit of each limited routine, by id.
   * @param clock The clock of the rates.
   * @param resume Called with an activation that was parked and may enter now. Returns `false` if its job may not go on.
   */
  constructor(
    limits: ReadonlyMap<string, RoutineLimit>,
    clock: LimitClock,
    resume: (owner: Owner, live: LiveActivation) => boolean,
  ) {
    for (const [id, limit] of limits) this.#routines.set(id, { limit, gates: new Map() });
    this.keys = new ActivationKeys(limits);
    this.#clock = clock;
    this.#resume = resume;
    this.#idle = new IdleGates(clock, (gate) => this.#remove(gate));
  }

  /** `true` if no routine is limited. */
  get isEmpty(): boolean {
    return this.#routines.size === 0;
  }

  /** The number of activations that wait. */
  get waiting(): number {
    let waiting = 0;
    for (const gate of this.gates()) waiting += gate.waiting;
    return waiting;
  }

  /** Returns the number of keys of a routine that have a single start, and nothing else. */
  singleStartsOf(routineId: string): number {
    return this.#idle.singleStarts(routineId);
  }

  /** The gates of all routines. */
  *gates(): Iterable<Gate<Owner>> {
    for (const { gates } of this.#routines.values()) yield* gates.values();
  }

  /** Returns the key and the period of the rate that an activation counts to; `undefined` if there is none. */
  rateOf(live: LiveActivation): CountedRate | undefined {
    const { key = "", limit } = this.#places.get(live)?.gate ?? {};
    return limit?.rate && { key, per: limit.rate.per };
  }

  /**
   * Counts starts of an earlier process.
   *
   * @param starts The known starts, by this clock.
   * @param unknown The number of starts of each key that may not be known, and the time of the last one.
   */
  adopt(starts: Iterable<KnownStart>, unknown: UnknownStarts): void {
    for (const { routineId, key, at } of starts) {
      const routine = this.#routines.get(routineId);
      // The limits may have been changed since.
      if (routine === undefined || !routine.limit.isKeyed && key !== "") continue;
      this.#gateOf(routine, routineId, key).window?.add(at);
    }
    this.#unknown = unknown;
    for (const gate of [...this.gates()]) {
      this.#addUnknown(gate, unknown);
      this.#idle.release(gate);
    }
  }

  /** Checks whether an activation has asked to enter, and has not left. */
  hasAsked(live: LiveActivation): boolean {
    return this.#places.has(live) || this.#keyless.has(live);
  }

  /** Returns the place of an activation that has asked to enter; `undefined` if its routine has no limit. */
  placeOf(live: LiveActivation): Place<Owner> | undefined {
    return this.#places.get(live);
  }

  /** Returns the limit that an activation waits for; `undefined` if it waits for none. */
  waitOf(live: LiveActivation): LimitWait | undefined {
    const place = this.#places.get(live);
    if (place?.state !== "parked") return undefined;
    const { gate: { key, limit, entered, called }, gate } = place;
    const own = limit.isKeyed ? key : undefined;
    if (entered + called >= limit.concurrency) return { reason: "concurrency", key: own };
    const now = this.#clock.now();
    const nextAt = gate.nextAt(now);
    return { reason: "rate", key: own, nextIn: nextAt && nextAt - now };
  }

  /** Returns the gate of a key, and adds it if there is none. */
  #gateOf({ limit, gates }: LimitedRoutine<Owner>, routineId: string, key: string): Gate<Owner> {
    const known = gates.get(key);
    if (known !== undefined) return known;
    const gate = new Gate<Owner>(routineId, key, limit);
    gates.set(key, gate);
    const start = limit.rate && this.#idle.takeStart(routineId, key);
    if (start !== undefined) gate.window?.add(start);
    if (this.#unknown !== undefined) this.#addUnknown(gate, this.#unknown);
    return gate;
  }

  /** Counts starts of an earlier process that are not known, unless they are spent. */
  #addUnknown({ window, limit: { rate } }: Gate<Owner>, { count, at }: UnknownStarts): void {
    if (rate !== undefined && at + rate.per > this.#clock.now()) window?.assume(count, at);
  }

  /** Sets the key of an activation, and parks it if it has asked to enter before. */
  setKey(live: LiveActivation, key: string): void {
    this.keys.set(live, key);
    const owner = this.#keyless.get(live);
    if (owner === undefined) return;
    this.#keyless.delete(live);
    const routine = this.#routines.get(live.activation.routineId);
    if (routine === undefined) return;
    const place = this.#placeOf(live, owner, routine, key);
    this.#park([place]);
    this.#call(place.gate);
  }

  /** Lets an activation enter, or parks it, at the latest when its key is set, and returns `false`. */
  enter(live: LiveActivation, owner: Owner): boolean {
    const routine = this.#routines.get(live.activation.routineId);
    if (routine === undefined) return true;
    let place = this.#places.get(live);
    if (place?.state === "called") place.gate.called--;
    else {
      if (place !== undefined) this.leave(live);
      const key = routine.limit.isKeyed ? this.keys.get(live) : "";
      if (key === undefined) {
        this.#keyless.set(live, owner);
        return false;
      }
      place = this.#placeOf(live, owner, routine, key);
      const now = this.#nowFor(place.gate);
      if (place.gate.isAwaited || place.gate.room(now) < 1) {
        this.#park([place]);
        this.#wakeLater(place.gate, now);
        return false;
      }
    }
    place.state = "entered";
    place.hasBegun = false;
    place.gate.entered++;
    place.gate.window?.open();
    return true;
  }

  /** Called when the start of an activation is reported. */
  began(live: LiveActivation | undefined): void {
    const place = live && this.#places.get(live);
    const window = place?.gate.window;
    if (place?.state !== "entered" || window === undefined) return;
    const now = this.#clock.now();
    if (place.hasBegun) window.add(now);
    else window.began(now);
    place.hasBegun = true;
    this.#wakeLater(place.gate, now);
  }

  /** Returns the number of an activation, in the order in which they have asked to enter. */
  readonly ticketOf = (live: LiveActivation): number => this.#places.get(live)?.ticket ?? 0;

  /**
   * Called when an activation has ended, or asks to enter as a new one if it does so again.
   *
   * @param isOver `true` if it does not.
   */
  leave(live: LiveActivation, isOver = live.state === "ended"): void {
    if (this.isEmpty) return;
    if (isOver) this.keys.delete(live);
    if (this.#keyless.size > 0) this.#keyless.delete(live);
    const place = this.#places.get(live);
    if (place === undefined) return;
    this.#places.delete(live);
    const { gate, state } = place;
    if (state === "entered") this.#empty(place);
    else this.#bringBack(place);
    place.state = "left";
    if (state === "parked") {
      gate.waiting--;
      this.#dropStale(gate);
    } else this.#call(gate);
    this.#idle.release(gate);
  }

  /** Parks activations of a job again that were set aside, in the order in which they asked. */
  parkAgain(lives: readonly LiveActivation[]): void {
    const places = lives.flatMap((live) => this.#places.get(live) ?? []);
    for (const [gate, own] of Map.groupBy(places, ({ gate }) => gate)) {
      for (const place of own) this.#bringBack(place);
      this.#park(own);
      this.#call(gate);
    }
  }

  /** Parks an activation again that has entered and does not begin. Returns `false` if it has not entered. */
  giveBack(live: LiveActivation): boolean {
    const place = this.#places.get(live);
    if (place?.state !== "entered") return false;
    this.#empty(place);
    this.#park([place]);
    this.#call(place.gate);
    return true;
  }

  /** Called when the job of an activation that was called may not go on. */
  withdraw(live: LiveActivation): void {
    const place = this.#places.get(live);
    if (place?.state !== "called") return;
    this.#setAside(place);
    this.#call(place.gate);
  }

  /** Takes an activation out of the numbers of those that were called, or set aside. */
  #bringBack({ gate, state }: Place<Owner>): void {
    if (state === "called") gate.called--;
    else if (state === "aside") gate.aside--;
  }

  /** Sets an activation aside that was called. */
  #setAside(place: Place<Owner>): void {
    place.state = "aside";
    place.gate.called--;
    place.gate.aside++;
  }

  /** Gives the place of an activation that had entered back. */
  #empty({ gate, hasBegun }: Place<Owner>): void {
    gate.entered--;
    if (!hasBegun) gate.window?.abandon();
  }

  /** Parks places of one gate and one job. */
  #park(places: readonly Place<Owner>[]): void {
    const [first] = places;
    if (first === undefined) return;
    const { gate } = first;
    for (const place of places) place.state = "parked";
    gate.waiting += places.length;
    gate.parked ??= new FairQueue(() => new OrderedQueue(({ ticket }) => ticket));
    for (const place of places) gate.parked.push(place);
    this.#clock.parked(gate);
  }

  /** Gives the free places to those that are next. */
  #call(gate: Gate<Owner>): void {
    if (!gate.isAwaited) return;
    const { parked } = gate;
    const now = this.#nowFor(gate);
    while (parked !== undefined && gate.room(now) >= 1) {
      const next = parked.shift();
      if (next === undefined) break;
      if (next.state !== "parked") continue;
      next.state = "called";
      gate.waiting--;
      gate.called++;
      if (this.#resume(next.owner, next.live) || next.state !== "called") continue;
      this.#setAside(next);
    }
    this.#wakeLater(gate, now);
  }

  /**
   * Sets a timer for the time at which the rate has room for a parked activation.
   *
   * @param now The time at which the rate had no room. A later one may be after the end of a start, for which no timer
   * would be set.
   */
  #wakeLater(gate: Gate<Owner>, now: number): void {
    const at = gate.isWaking ? undefined : gate.nextAt(now);
    if (at === undefined) return;
    gate.isWaking = true;
    this.#clock.wakeAt(at, () => {
      gate.isWaking = false;
      this.#call(gate);
      this.#idle.release(gate);
    });
  }

  /** Removes the gate of a key; returns `false` if the key has another one by now. */
  #remove(gate: Gate<Owner>): boolean {
    const gates = this.#routines.get(gate.routineId)?.gates;
    return gates?.get(gate.key) === gate && gates.delete(gate.key);
  }

  /** Returns the current time for a gate, which needs it only for its rate: reading the clock takes time. */
  #nowFor({ window }: Gate<Owner>): number {
    return window === undefined ? 0 : this.#clock.now();
  }

  /** Adds the place of an activation that asks to enter. */
  #placeOf(
    live: LiveActivation,
    owner: Owner,
    routine: LimitedRoutine<Owner>,
    key: string,
  ): Place<Owner> {
    const gate = this.#gateOf(routine, live.activation.routineId, key);
    const ticket = ++this.#issued;
    const { job, isAwaited } = owner;
    const state = "parked";
    const place: Place<Owner> = {
      live,
      owner,
      job,
      isAwaited,
      gate,
      ticket,
      state,
      hasBegun: false,
    };
    this.#places.set(live, place);
    return place;
  }

  /** Called when a parked activation has left: removes those that have once they are half, as they take memory. */
  #dropStale(gate: Gate<Owner>): void {
    const { parked } = gate;
    if (parked === undefined || ++gate.stale * 2 < parked.size) return;
    gate.stale = 0;
    parked.filter(({ state }) => state === "parked");
  }
}

/** A limited routine, and its gates by key. */
interface LimitedRoutine<Owner> {
  readonly limit: RoutineLimit;
  readonly gates: Map<string, Gate<Owner>>;
}

/** A limit that an activation waits for. */
export interface LimitWait {
  readonly reason: "concurrency" | "rate";
  /** The key; absent if the limit has none. */
  readonly key: string | undefined;
  /** The time until the rate has room, in milliseconds; absent if that is not known. */
  readonly nextIn?: number | undefined;
}

/** A start of an earlier process. */
export interface KnownStart {
  readonly routineId: string;
  /** The key that it counts to; `""` if there is none. */
  readonly key: string;
  /** The time. */
  readonly at: number;
}

/** Starts of an earlier process that are not known. */
export interface UnknownStarts {
  /** The maximum number of starts of each key. */
  readonly count: number;
  /** The latest time at which they may have been. */
  readonly at: number;
}

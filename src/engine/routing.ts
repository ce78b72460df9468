// Turns emits into activations, along the connections of the graph. Called by `decide.ts` when an activation
// commits, and by `decide_failure.ts` when it fails or is skipped.

import { UncloneableValueError } from "../errors/value_errors.ts";
import { activationIdOf } from "../routine/activation_id.ts";
import { ERROR_EVENT, type FailedPayload } from "../routine/error_event.ts";
import { renameFields, type Route, type Routes } from "../graph/routes.ts";
import type { Emit } from "../routine/effects.ts";
import { copyOnceMore } from "./copy_once_more.ts";
import type { Job } from "./job.ts";
import type { Activation } from "./job_event.ts";

/** The list of a router that has queued nothing. */
const NONE: Activation[] = [];

/** Turns emits into activations, and continues the numbering of the job's activations. */
export class Router {
  #queued = NONE;
  /** The number of emits without a receiver. */
  unrouted = 0;
  readonly #job: Job;
  readonly #routes: Routes;
  readonly #at: number;

  /**
   * @param job The job.
   * @param routes The connections of the flow.
   * @param at The time of the commit, from which delays count.
   */
  constructor(job: Job, routes: Routes, at: number) {
    this.#job = job;
    this.#routes = routes;
    this.#at = at;
  }

  /** The activations that were queued. */
  get queued(): readonly Activation[] {
    return this.#queued;
  }

  /**
   * Routes an emit of an activation.
   *
   * @param from The activation.
   * @param routineId The routine of the activation.
   * @param emitted The emit.
   * @param emit The index of the emit in its commit; absent for a fallback, which is in no commit.
   * @throws {UncloneableValueError} If the payload cannot be copied for each of its receivers.
   */
  emit(
    from: string,
    routineId: string,
    { event, payload, transfer, when, delay }: Emit,
    emit?: number,
  ): void {
    const routes = this.#routes.from(routineId, event);
    if (routes.length === 0) this.unrouted++;
    const [route] = routes;
    const isPlain = transfer === undefined && when === undefined && delay === undefined &&
      emit !== undefined;
    if (isPlain && routes.length === 1 && route !== undefined && route.map === undefined) {
      // Nearly all deliveries are of this kind. Built field by field, as spreading takes twice as long.
      const { routineId, slot } = route;
      const activationId = this.#nextId();
      return this.#add({ activationId, routineId, slot, payload, from, event, emit });
    }
    // An object can be moved to a single receiver only; several receivers get copies.
    const moved = routes.length === 1 && transfer !== undefined ? { transfer } : undefined;
    const held = when === "resumed" ? { held: true } as const : undefined;
    const due = delay !== undefined ? { dueAt: this.#at + delay } : undefined;
    const placed = emit !== undefined ? { emit } : undefined;
    this.#fan(routes, payload, { from, event, ...placed, ...moved, ...due, ...held });
  }

  /**
   * Routes the report of a failure to the receivers of `$error`.
   *
   * @throws {UncloneableValueError} If the payload cannot be copied for each of its receivers.
   */
  fail(from: string, routineId: string, failed: FailedPayload): void {
    this.#fan(this.#routes.from(routineId, ERROR_EVENT), failed, { from, event: ERROR_EVENT });
  }

  /** Delivers a payload to a slot. */
  deliver(
    { routineId, slot }: Pick<Activation, "routineId" | "slot">,
    payload: unknown,
    how: Delivery,
  ): void {
    this.#add({ activationId: this.#nextId(), routineId, slot, payload, ...how });
  }

  #nextId(): string {
    return activationIdOf(this.#job.jobId, this.#job.known + this.#queued.length + 1);
  }

  #add(activation: Activation): void {
    // A list of one takes one place, whereas pushing to an empty one makes room for sixteen more.
    if (this.#queued.length === 0) this.#queued = [activation];
    else this.#queued.push(activation);
  }

  /** Delivers a payload to each receiver. Each gets its own copy, as they may share a worker. */
  #fan(routes: readonly Route[], payload: unknown, how: Delivery): void {
    routes.forEach((route, i) => {
      const own = i === 0 ? payload : copyFor(routes.length, how.event, payload);
      const { map } = route;
      // The map is recorded only for emits of a commit, as the store derives only their payloads.
      const renamed = map !== undefined && how.emit !== undefined ? { ...how, map } : how;
      this.deliver(route, renameFields(own, map), renamed);
    });
  }
}

/** Copies a payload for one of several receivers. */
function copyFor(receivers: number, event: string | undefined, payload: unknown): unknown {
  try {
    return copyOnceMore(payload);
  } catch (cause) {
    throw new UncloneableValueError(
      `payload of "${event}"`,
      `goes to ${receivers} slots and cannot be copied for each, as its cause says; send plain data, or connect one slot`,
      { cause },
    );
  }
}

/** The origin of a delivered payload. */
type Delivery = Omit<Activation, "activationId" | "routineId" | "slot" | "payload">;

import { UncloneableValueError } from "../errors/value_errors.ts";
import { ERROR_EVENT, type FailedPayload } from "../routine/error_event.ts";
import { renameFields, type Route, type Routes } from "../graph/routes.ts";
import type { Emit } from "../routine/effects.ts";
import { copyOnceMore } from "./copy_once_more.ts";
import type { Job } from "./job.ts";
import type { Activation } from "./job_event.ts";

/** Activations are numbered in the order in which they are queued, so a replay gives the same ids. */
export function activationIdOf(jobId: string, index: number): string {
  return `${jobId}/${index + 1}`;
}

/** Turns what was emitted into activations, numbered on from those that the job has. */
export class Router {
  readonly queued: Activation[] = [];
  /** Number of emits that led nowhere. */
  unrouted = 0;
  readonly #job: Job;
  readonly #routes: Routes;

  constructor(job: Job, routes: Routes) {
    this.#job = job;
    this.#routes = routes;
  }

  /**
   * Routes what an activation emitted.
   *
   * @param from The activation.
   * @param routineId Its routine.
   * @param emitted What it emitted.
   * @param emit The place of that among the emits of its commit; absent if it is none of them.
   * @throws {UncloneableValueError} If it cannot be copied for each of its receivers.
   */
  emit(
    from: string,
    routineId: string,
    { event, payload, transfer, when }: Emit,
    emit?: number,
  ): void {
    const routes = this.#routes.from(routineId, event);
    if (routes.length === 0) this.unrouted++;
    // What is moved to one receiver is gone for the next, so several get copies.
    const moved = routes.length === 1 && transfer !== undefined ? { transfer } : undefined;
    const held = when === "resumed" ? { held: true } as const : undefined;
    const placed = emit !== undefined ? { emit } : undefined;
    this.#fan(routes, payload, { from, event, ...placed, ...moved, ...held });
  }

  /**
   * Routes a payload that failed.
   *
   * @throws {UncloneableValueError} If it cannot be copied for each of its receivers.
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
    const activationId = activationIdOf(this.#job.jobId, this.#job.known + this.queued.length);
    this.queued.push({ activationId, routineId, slot, payload, ...how });
  }

  /** Delivers a payload to each receiver: a copy of its own, as they may share a worker. */
  #fan(routes: readonly Route[], payload: unknown, how: Delivery): void {
    routes.forEach((route, i) => {
      const own = i === 0 ? payload : copyFor(routes.length, how.event, payload);
      const { map } = route;
      // Where it was not emitted by a commit, nobody needs to know how it was renamed.
      const renamed = map !== undefined && how.emit !== undefined ? { ...how, map } : how;
      this.deliver(route, renameFields(own, map), renamed);
    });
  }
}

/** A copy for one of several receivers. */
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

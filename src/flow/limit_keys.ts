// Calls the functions `limitBy` of a flow's routines with the payloads of activations that are queued. `Dispatcher` calls
// it before it offers the activations to the pool.

import { shownCopy } from "../data/faithful_copy.ts";
import { placed, type SerializedError, serializeError } from "../data/serialized_error.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";
import { watchResult } from "../data/user_call.ts";
import type { Command } from "../engine/command.ts";
import type { Engine } from "../engine/engine.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import { LimitKeyError } from "../errors/activation_errors.ts";
import { messageOf } from "../errors/message_of.ts";
import { textOf } from "../errors/text_of.ts";
import type { LimitBy } from "./add_options.ts";

/** Sets the keys of queued activations, and fails those whose function throws or returns no text. */
export class LimitKeys {
  readonly #functions: ReadonlyMap<string, LimitBy>;
  readonly #engine: Engine;
  readonly #host: LimitKeysHost;
  #isAsking = false;
  #later: TimerId | undefined;
  #isClosed = false;

  /**
   * @param functions The function of each routine with keys, by id.
   * @param engine The engine that queues the activations.
   * @param host Puts failures into effect.
   */
  constructor(functions: ReadonlyMap<string, LimitBy>, engine: Engine, host: LimitKeysHost) {
    this.#functions = functions;
    this.#engine = engine;
    this.#host = host;
  }

  /** `true` while a function may be called, so that nothing may be taken. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  /**
   * Sets the keys of all activations that were queued. Further ones, which a function or a retry of a failure queues
   * meanwhile, have to wait for the next turn of the event loop, as their number may have no end. Others go on.
   */
  ask(): void {
    if (this.#isAsking || !this.#engine.limits.keys.isIncomplete) return;
    this.#isAsking = true;
    try {
      for (const { job, live } of this.#engine.limits.keys.takeMissing()) this.#ask(job, live);
    } finally {
      this.#isAsking = false;
    }
    if (!this.#engine.limits.keys.isIncomplete || this.#isClosed) return;
    this.#later ??= after(0, () => {
      this.#later = undefined;
      this.ask();
      this.#host.wake();
    });
  }

  /** Clears the timer. */
  close(): void {
    this.#isClosed = true;
    clearTimer(this.#later);
  }

  #ask(job: Job, live: LiveActivation): void {
    const { limits } = this.#engine;
    if (live.state !== "queued" || !limits.keys.isMissing(live)) return;
    const answer = this.#answerFor(job, live);
    // The job may have been abandoned, and the function may have called any method of the flow.
    if (live.state !== "queued" || this.#engine.job(job.jobId) !== job) return;
    if (typeof answer === "string") return limits.setKey(live, answer);
    const { activationId } = live.activation;
    const end = { error: answer, execution: undefined, chance: Math.random() };
    this.#host.dispatch(job, { type: "fail", activationId, ...end });
  }

  /** Returns the key of an activation, or the error with which it fails. */
  #answerFor({ flowId, jobId }: Job, live: LiveActivation): string | SerializedError {
    const { activationId, routineId, slot, payload } = live.activation;
    const place = { flowId, jobId, routineId, slot, activationId, attempt: live.attempt };
    const refused = (fault: string, options: ErrorOptions = {}) => {
      const message = `limitBy of "${routineId}" ${fault}; let it return a text for each payload`;
      return placed(serializeError(new LimitKeyError(message, { ...place, ...options })), place);
    };
    try {
      const key: unknown = this.#functions.get(routineId)?.(shownCopy(payload), slot);
      if (typeof key === "string") return key;
      watchResult(key, () => {});
      return refused(`returned ${textOf(key)}`);
    } catch (cause) {
      return refused(`threw: ${messageOf(cause)}`, { cause });
    }
  }
}

/** The part of a flow's runner that `LimitKeys` uses. */
export interface LimitKeysHost {
  /** Puts a command to a job into effect. */
  dispatch(job: Job, command: Command): void;
  /** Makes the pool check the flow for activations again. */
  wake(): void;
}

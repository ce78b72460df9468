import { assert } from "@std/assert";
import type { Job, LiveActivation } from "../../src/engine/job.ts";
import type { Moment } from "./drive_engine.ts";

/** The number of turns that each job has before another one begins. */
const TURNS = 16;

/**
 * Checks that no job has two turns while another one that has begun waits for its own, and that one that has not begun
 * waits for a bounded number of turns.
 */
export class FairTurns {
  /** For each job that is ready: the turns that others had since it became so. */
  readonly #waiting = new Map<Job, Map<Job, number>>();

  observe({ engine, job: mover, events, hadTurn }: Moment): void {
    // Another process makes a new round.
    if (events.some(({ type }) => type === "job_recovered")) this.#waiting.clear();
    if (hadTurn) {
      this.#waiting.delete(mover);
      for (const [job, turns] of this.#waiting) {
        const had = (turns.get(mover) ?? 0) + 1;
        turns.set(mover, had);
        // All others may have begun, and come before it.
        const most = isFresh(job) ? TURNS * [...engine.jobs()].length ** 2 : 1;
        assert(had <= most, `${mover.jobId} had ${had} turns while ${job.jobId} waited`);
      }
    }
    const ready = new Set([...engine.jobs()].filter(isReady));
    for (const job of this.#waiting.keys()) if (!ready.has(job)) this.#waiting.delete(job);
    for (const job of ready) if (!this.#waiting.has(job)) this.#waiting.set(job, new Map());
  }
}

function isFresh({ known, live }: Job): boolean {
  return known === 1 && [...live.values()].every(({ attempt }) => attempt === 0);
}

/** Checks whether an activation of a job could begin; a retry may wait for its time still. */
function isReady({ status, stopping, live }: Job): boolean {
  if (status !== "running" || stopping !== undefined) return false;
  return [...live.values()].some(({ state, retries }: LiveActivation) =>
    state === "queued" && retries === 0
  );
}

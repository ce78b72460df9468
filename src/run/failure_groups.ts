import type { ActivationEventBase } from "../engine/job_event.ts";
import type { SerializedError } from "../data/serialized_error.ts";
import { placeOf, shortMessage, shortName, shortStack } from "./error_place.ts";
import type { FailureGroup } from "./run_snapshot.ts";

/** The maximum number of groups. */
const MAX_GROUPS = 200;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Failed attempts, grouped by routine, name of the error, and place; without a place, by message. */
export class FailureGroups {
  readonly #groups = new Map<string, Mutable<FailureGroup>>();

  /** Adds a failed attempt, or a wait that failed. */
  add(
    { routineId, jobId, activationId, at }:
      & Pick<ActivationEventBase, "routineId" | "jobId" | "at">
      & { readonly activationId: string },
    error: SerializedError,
  ): void {
    const place = placeOf(error);
    const [name, message] = [shortName(error), shortMessage(error)];
    const stack = shortStack(error.stack);
    // Messages that differ in their numbers alone have the same cause.
    const key = JSON.stringify([routineId, name, place ?? message.replace(/\d+/g, "0")]);
    const group = this.#groups.get(key);
    if (group === undefined) {
      this.#makeRoom();
      const times = { count: 1, firstAt: at, lastAt: at };
      this.#groups.set(key, {
        routineId,
        name,
        message,
        place,
        stack,
        ...times,
        jobId,
        activationId,
      });
      return;
    }
    group.count++;
    group.firstAt = Math.min(group.firstAt, at);
    if (at < group.lastAt) return;
    Object.assign(group, { lastAt: at, message, stack, jobId, activationId });
  }

  /** Returns the groups, the most frequent first. */
  list(): FailureGroup[] {
    return [...this.#groups.values()].map((group) => ({ ...group }))
      .sort((a, b) => b.count - a.count || b.lastAt - a.lastAt);
  }

  /** Drops the group with the fewest failures, of those the oldest, if there are too many groups. */
  #makeRoom(): void {
    if (this.#groups.size < MAX_GROUPS) return;
    let [least] = this.#groups;
    for (const entry of this.#groups) {
      if (least === undefined || entry[1].count < least[1].count) least = entry;
    }
    if (least !== undefined) this.#groups.delete(least[0]);
  }
}

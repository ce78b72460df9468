/** The ids that identify the place of an error or an event. Only those that apply are set. */
export interface Place {
  /** The flow. */
  readonly flowId?: string | undefined;
  /** The job. */
  readonly jobId?: string | undefined;
  /** The routine, by its id in the flow. */
  readonly routineId?: string | undefined;
  /** The slot of the activation. */
  readonly slot?: string | undefined;
  /** The activation. */
  readonly activationId?: string | undefined;
  /** The number of the attempt at the activation, from 1. */
  readonly attempt?: number | undefined;
  /** The worker that executed the activation. */
  readonly workerId?: string | undefined;
}

/** The fields of {@linkcode Place}, in the order in which messages name them. */
export const PLACE_FIELDS = [
  "flowId",
  "jobId",
  "routineId",
  "slot",
  "activationId",
  "attempt",
  "workerId",
] as const satisfies readonly (keyof Place)[];

/**
 * Sets the ids of `place` on `error`, except those that the error already has.
 *
 * @param error The error to place.
 * @param place The place of the error.
 * @returns The same error.
 */
export function placeError<E extends Error>(error: E, place: Place): E {
  for (const field of PLACE_FIELDS) {
    const value = place[field];
    if (value === undefined || Reflect.get(error, field) !== undefined) continue;
    Object.defineProperty(error, field, { value, enumerable: true, configurable: true });
  }
  return error;
}

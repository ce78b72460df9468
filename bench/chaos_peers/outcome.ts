/** The outcome of a failing task. */
export interface Outcome {
  /** The end of the call: it rejected, resolved or never settled, or it ended the program. */
  readonly end: "rejects" | "resolves" | "hangs" | "kills the program";
  /** The error with which it rejected. */
  readonly error?: string | undefined;
  /** `true` if the pool worked afterwards; absent if that cannot be tested. */
  readonly poolWorks?: boolean | undefined;
  /** `true` if the program ended by itself once the pool was closed. */
  readonly programEnds?: boolean | undefined;
}

/** Describes an outcome in a few words. */
export function told(outcome: Outcome): string {
  const { end, error, poolWorks, programEnds } = outcome;
  if (isImpossible(outcome)) return "has no `self`";
  const name = error?.split(":")[0];
  const what = end === "rejects" && name ? `rejects (${name})` : end;
  return [
    what,
    ...poolWorks === false ? ["pool dead"] : [],
    ...programEnds === false ? ["program never ends"] : [],
  ].join(", ");
}

/** Checks whether the task is impossible in the pool: Node's workers have no `self`. */
export function isImpossible({ error }: Outcome): boolean {
  return error?.includes("self is not defined") ?? false;
}

/**
 * Checks whether the failure was contained: its error was reported, the pool works, and the program
 * ends.
 */
export function isContained(outcome: Outcome): boolean {
  const { end, poolWorks, programEnds } = outcome;
  return end === "rejects" && poolWorks !== false && programEnds !== false &&
    !isImpossible(outcome);
}

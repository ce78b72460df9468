/** What became of a misdeed. */
export interface Outcome {
  /** Whether what was asked of the pool rejected, resolved or never settled, or took the program down. */
  readonly end: "rejects" | "resolves" | "hangs" | "kills the program";
  /** What it rejected with. */
  readonly error?: string | undefined;
  /** Whether the pool did well afterwards, where it could. */
  readonly poolWorks?: boolean | undefined;
  /** Whether the program ended by itself once the pool was closed. */
  readonly programEnds?: boolean | undefined;
}

/** An outcome in a few words. */
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

/** Whether it cannot be done at all: workers of Node's kind have no `self`. */
export function isImpossible({ error }: Outcome): boolean {
  return error?.includes("self is not defined") ?? false;
}

/** Whether all is well: it is known what went wrong, the pool goes on, and the program ends. */
export function isContained(outcome: Outcome): boolean {
  const { end, poolWorks, programEnds } = outcome;
  return end === "rejects" && poolWorks !== false && programEnds !== false &&
    !isImpossible(outcome);
}

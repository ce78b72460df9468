/** A step to a part of a value: the name of a field, an index, or what is shown as it is. */
export type Step = string | number | { readonly shown: string };

/** Number of steps at either end of a path that is shortened in the middle. */
const END_STEPS = 8;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Writes the way to a part of a value as one would write it in code.
 *
 * @param what What to call the value, as `payload`.
 * @param steps The steps from there.
 * @returns The path, as `payload.user.avatar`.
 */
export function pathOf(what: string, steps: readonly Step[]): string {
  if (steps.length <= 2 * END_STEPS) return what + textOf(steps);
  return `${what}${textOf(steps.slice(0, END_STEPS))} … ${textOf(steps.slice(-END_STEPS))}`;
}

function textOf(steps: readonly Step[]): string {
  let text = "";
  for (const step of steps) {
    if (typeof step === "number") text += `[${step}]`;
    else if (typeof step === "object") text += step.shown;
    else text += IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  }
  return text;
}

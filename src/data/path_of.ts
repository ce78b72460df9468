/** The number of steps at either end of a path that is shortened in the middle. */
const END_STEPS = 8;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Returns the path of a part of a value, in the notation of JavaScript.
 *
 * @param what The name of the value, as `payload`.
 * @param steps The steps from the value to its part.
 * @returns The path, as `payload.user.avatar`.
 */
export function pathOf(what: string, steps: readonly Step[]): string {
  if (steps.length <= 2 * END_STEPS) return what + textOf(steps);
  return `${what}${textOf(steps.slice(0, END_STEPS))} … ${textOf(steps.slice(-END_STEPS))}`;
}

/** A step to a part of a value: the name of a field, an index, or a text that is shown unchanged. */
export type Step = string | number | { readonly shown: string };

function textOf(steps: readonly Step[]): string {
  let text = "";
  for (const step of steps) {
    if (typeof step === "number") text += `[${step}]`;
    else if (typeof step === "object") text += step.shown;
    else text += IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  }
  return text;
}

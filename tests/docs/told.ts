// What an example of a doc comment printed, beside what its comment says that it prints.

/** A `console.log` of an example that says what it prints. */
export interface Told {
  /** What it says, after `//`. */
  readonly said: string;
  /** What it printed. */
  readonly printed: string;
}

const everythingTold: Told[] = [];

/** Stands in an example for `console.log`. */
export function tell(said: string, ...values: unknown[]): void {
  const texts = values.map((value) => typeof value === "string" ? value : Deno.inspect(value));
  everythingTold.push({ said, printed: texts.join(" ") });
}

/** Takes what was told since the last time. */
export function takeTold(): Told[] {
  return everythingTold.splice(0);
}

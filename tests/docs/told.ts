// The output of an example of a doc comment, beside the output that its comments state.

/** A `console.log` of an example that states its output. */
export interface Printed {
  /** The stated output, after `//`. */
  readonly said: string;
  /** The output. */
  readonly printed: string;
}

const lines: Printed[] = [];

/** Stands in an example for `console.log`. */
export function recordOutput(said: string, ...values: unknown[]): void {
  const texts = values.map((value) => typeof value === "string" ? value : Deno.inspect(value));
  lines.push({ said, printed: texts.join(" ") });
}

/** Takes the lines that were printed since the last time. */
export function takePrinted(): Printed[] {
  return lines.splice(0);
}

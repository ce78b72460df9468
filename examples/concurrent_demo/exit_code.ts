import { printable } from "./printable.ts";
import type { Summary } from "./results.ts";

/** How the program can end. */
export const EXIT = { done: 0, failed: 1, badOption: 2, interrupted: 130 } as const;

/** How the program ends after a run. */
export function exitCodeOf({ failed }: Pick<Summary, "failed">, isInterrupted: boolean): number {
  if (isInterrupted) return EXIT.interrupted;
  return failed > 0 ? EXIT.failed : EXIT.done;
}

/** Tells on stderr, in one line, why the program ends as it does. */
export function complain(message: string): void {
  console.error(`demo: ${printable(message)}`);
}

import { printable } from "./printable.ts";
import type { Summary } from "./results.ts";

/** The exit codes of the program. */
export const EXIT = { done: 0, failed: 1, badOption: 2, interrupted: 130 } as const;

/** Returns the exit code after a run. */
export function exitCodeOf({ failed }: Pick<Summary, "failed">, isInterrupted: boolean): number {
  if (isInterrupted) return EXIT.interrupted;
  return failed > 0 ? EXIT.failed : EXIT.done;
}

/** Prints the reason for an exit code to stderr, in one line. */
export function complain(message: string): void {
  console.error(`demo: ${printable(message)}`);
}

import { delay } from "@std/async/delay";
import { HANGS } from "../routines/latches.ts";

/** Waits for a condition that no event reports, such as the numbers of a pool. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + HANGS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it never came to hold that ${holds}`);
    await delay(2);
  }
}

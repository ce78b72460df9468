import { delay } from "@std/async/delay";
import { HANGS } from "../routines/latches.ts";

/** Waits for what no event tells: that a pool's numbers come to be as they should. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + HANGS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it never came to hold that ${holds}`);
    await delay(2);
  }
}

import { now } from "../data/clock.ts";
import { after } from "../data/timer.ts";

/** The longest time that an answer takes at once, in milliseconds. */
const SLICE = 10;

/** Divides the work of an answer into slices, between which the flow, which shares the thread, has its turn. */
export class Slices {
  #until = now() + SLICE;

  /** `true` if the current slice is over. */
  get isOver(): boolean {
    return now() >= this.#until;
  }

  /** Begins the next slice, after all that waits for the thread. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => void after(0, resolve));
    this.#until = now() + SLICE;
  }
}

import { printable } from "../errors/printable.ts";
import type { RunSnapshot } from "../run/run_snapshot.ts";
import type { Output } from "../terminal/output.ts";
import type { Renderer } from "./renderer.ts";

/** Writes each snapshot as one line of JSON. If the reader is slow, snapshots are left out. */
export class JsonRenderer implements Renderer {
  readonly interval = 1000;
  readonly #output: Output;

  /** @param output The stream to write to. */
  constructor(output: Output) {
    this.#output = output;
  }

  frame(snapshot: RunSnapshot): void {
    if (this.#output.isFree) this.#output.offer(lineOf(snapshot));
  }

  end(snapshot: RunSnapshot): void {
    this.#output.finish(lineOf(snapshot));
  }
}

/** Control characters, which occur in strings only, are escaped as JSON permits. */
function lineOf(snapshot: RunSnapshot): string {
  return `${printable(JSON.stringify(snapshot))}\n`;
}

import { LiveArea } from "../terminal/live_area.ts";
import { Output } from "../terminal/output.ts";

/** The streams, which all monitors share. */
const outputs: { stdout?: Output; stderr?: Output } = {};

/** The area of the terminal, of which a program has one, whichever stream leads to it. */
let area: LiveArea | undefined;

/** Returns a stream of the program, to write to. */
export function outputOf(name: "stdout" | "stderr"): Output {
  return outputs[name] ??= new Output(Deno[name]);
}

/** Returns the area at the bottom of the terminal to which a stream leads. */
export function areaOf(output: Output): LiveArea {
  return area ??= new LiveArea(output);
}

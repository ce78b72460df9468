import { move as moved } from "npm:piscina@5.3.2";
import { tasks } from "./tasks.ts";

export const { attach, noop, next, wait, spin, echo } = tasks;

export function move(bytes: Uint8Array<ArrayBuffer>): unknown {
  return moved(tasks.move(bytes));
}

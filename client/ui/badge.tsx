import type { JSX } from "preact";
import { toneOf } from "../data/tone.ts";

/** Shows a status as a word beside a mark in its colour. */
export function Badge({ status }: { status: string }): JSX.Element {
  return <span class={`badge tone-${toneOf(status)}`}>{status}</span>;
}

import type { ComponentChildren, JSX } from "preact";
import type { Tone } from "../data/tone.ts";

interface StatProps {
  readonly label: string;
  readonly value: ComponentChildren;
  /** A short text below the value. */
  readonly note?: ComponentChildren;
  readonly tone?: Tone | undefined;
  /** The address to which the label leads. */
  readonly href?: string;
}

/** Shows a number with its label, as part of a list of descriptions. */
export function Stat({ label, value, note, tone, href }: StatProps): JSX.Element {
  return (
    <div class="stat">
      <dt>{href === undefined ? label : <a href={href}>{label}</a>}</dt>
      <dd class={tone === undefined ? undefined : `text-${tone}`}>{value}</dd>
      {note !== undefined && <dd class="note">{note}</dd>}
    </div>
  );
}

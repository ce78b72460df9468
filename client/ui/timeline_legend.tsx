import type { JSX } from "preact";

const ENTRIES: readonly (readonly [mark: string, text: string])[] = [
  ["bar done", "completed"],
  ["bar run", "executing"],
  ["bar warn", "failed, tried again"],
  ["bar fail", "failed"],
  ["bar idle", "cancelled"],
  ["line queued", "waits for a worker"],
  ["line delayed", "waits for a delay"],
  ["line signal", "waits for a signal"],
];

/** Explains the marks of a timeline. */
export function TimelineLegend(): JSX.Element {
  return (
    <ul class="legend" aria-label="Legend">
      {ENTRIES.map(([mark, text]) => (
        <li key={mark}>
          <span class={`legend-mark ${mark}`} aria-hidden="true" /> {text}
        </li>
      ))}
    </ul>
  );
}

import type { JSX } from "preact";
import { count } from "../text/format.ts";

interface PagerProps {
  /** The name of the list. */
  readonly name: string;
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
  readonly onOffset: (offset: number) => void;
}

/** Moves through the pages of a long list. */
export function Pager({ name, total, offset, limit, onOffset }: PagerProps): JSX.Element {
  const last = Math.max(0, Math.floor((total - 1) / limit) * limit);
  const end = Math.min(total, offset + limit);
  return (
    <nav class="pager" aria-label={`Pages: ${name}`}>
      <button type="button" disabled={offset === 0} onClick={() => onOffset(0)}>First</button>
      <button
        type="button"
        disabled={offset === 0}
        onClick={() => onOffset(Math.max(0, offset - limit))}
      >
        Previous
      </button>
      <span class="pager-place">
        {total === 0 ? "0" : `${count(offset + 1)}–${count(end)}`} of {count(total)}
      </span>
      <button type="button" disabled={end >= total} onClick={() => onOffset(offset + limit)}>
        Next
      </button>
      <button type="button" disabled={end >= total} onClick={() => onOffset(last)}>Last</button>
    </nav>
  );
}

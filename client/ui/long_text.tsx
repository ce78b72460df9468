import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { printable } from "../text/printable.ts";
import { count } from "../text/format.ts";

interface LongTextProps {
  readonly text: string;
  /** The number of characters of the whole text, if `text` is only its start. */
  readonly length?: number;
  /** Returns the whole text, if `text` is only its start. */
  readonly whole?: (() => Promise<string>) | undefined;
  /** The name of the text, for screen readers. */
  readonly name: string;
}

/** The number of characters that are shown at first. */
const SHOWN = 2_000;

/** Shows a text of any length, in lines as it has them; a long one only on request. */
export function LongText({ text, length, whole, name }: LongTextProps): JSX.Element {
  const [full, setFull] = useState<string>();
  const [fault, setFault] = useState<string>();
  const isCut = full === undefined && (whole !== undefined || text.length > SHOWN);
  const show = async () => {
    try {
      setFull(whole === undefined ? text : await whole());
      setFault(undefined);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div class="long-text">
      <pre tabIndex={0} role="group" aria-label={name}>
        {printable(full ?? text.slice(0, SHOWN))}
        {isCut && "…"}
      </pre>
      {isCut && (
        <button type="button" class="small" onClick={show}>
          Show all {count(length ?? text.length)} characters
        </button>
      )}
      {fault !== undefined && <p class="text-fail" role="alert">{fault}</p>}
    </div>
  );
}

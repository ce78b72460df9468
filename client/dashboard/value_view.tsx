import { type ComponentChildren, createContext, type JSX } from "preact";
import { useContext } from "preact/hooks";
import type { ShownValue } from "../../src/dashboard/api.ts";
import { printable } from "../text/printable.ts";
import { LongText } from "../ui/long_text.tsx";

/** Returns the whole of a value of the job that is shown. */
type WholeValue = (path: string) => Promise<string>;

const Context = createContext<WholeValue>(() => Promise.reject(new Error("no job is shown")));

/** Provides the values of a job to the views within it. */
export function ValuesProvider(
  { value, children }: { value: WholeValue; children: ComponentChildren },
): JSX.Element {
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

interface ValueViewProps {
  readonly value: ShownValue;
  /** The name of the value, for screen readers. */
  readonly name: string;
  /** Set in a table: a value of one short line is shown as it is, any other only on request. */
  readonly isInline?: boolean;
}

/** The number of characters of a line in a table. */
const LINE = 110;

/** Shows a value of a job. */
export function ValueView({ value, name, isInline = false }: ValueViewProps): JSX.Element {
  const whole = useContext(Context);
  const { text, more, length } = value;
  const block = (
    <LongText
      name={name}
      text={text}
      length={length}
      whole={more === undefined ? undefined : () => whole(more)}
    />
  );
  if (!isInline) return block;
  const line = text.slice(0, 4 * LINE).replaceAll(/\s+/g, " ").trim();
  if (more === undefined && line.length <= LINE && text.length <= 4 * LINE) {
    return <span class="code">{printable(line)}</span>;
  }
  return (
    <details class="inline-value">
      <summary class="code">{printable(line.slice(0, LINE))}…</summary>
      {block}
    </details>
  );
}

import type { JSX } from "preact";

interface SwitcherProps<Value extends string> {
  readonly name: string;
  readonly options: readonly (readonly [value: Value, title: string])[];
  readonly value: Value;
  readonly onValue: (value: Value) => void;
}

/** Chooses one of a few ways to show something. */
export function Switcher<Value extends string>(props: SwitcherProps<Value>): JSX.Element {
  const { name, options, value, onValue } = props;
  return (
    <div class="switcher" role="group" aria-label={name}>
      {options.map(([option, title]) => (
        <button
          type="button"
          key={option}
          aria-pressed={option === value}
          onClick={() => onValue(option)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

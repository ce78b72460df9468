import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { setTheme, type Theme, theme } from "./theme.ts";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
const NAMES: Readonly<Record<Theme, string>> = { system: "Auto", light: "Light", dark: "Dark" };

/** Switches between the colours of the system, light and dark. */
export function ThemeToggle(): JSX.Element {
  const [current, setCurrent] = useState(theme);
  const change = () => {
    setTheme(NEXT[current]);
    setCurrent(NEXT[current]);
  };
  return (
    <button type="button" class="quiet" onClick={change}>
      <span class="sr-only">Colours:</span>
      <span class={`theme-icon theme-${current}`} aria-hidden="true" /> {NAMES[current]}
    </button>
  );
}

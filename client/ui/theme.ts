// Light or dark: that of the system, or the one that the viewer has chosen. The style sheet does the rest.

/** The choice of the viewer. */
export type Theme = "system" | "light" | "dark";

const KEY = "millrace-theme";
const listeners = new Set<() => void>();

/** Applies the stored choice as the page is loaded. */
export function startTheme(): void {
  apply(theme());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", notify);
}

/** Returns the choice of the viewer. */
export function theme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return chosen;
  }
}

/** Changes and stores the choice. */
export function setTheme(value: Theme): void {
  chosen = value;
  try {
    if (value === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, value);
  } catch {
    // Storage may be blocked; then the choice lasts as long as the page.
  }
  apply(value);
  notify();
}

/** Calls a function when the colours have changed; returns a function that ends that. */
export function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function apply(value: Theme): void {
  if (value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
}

function notify(): void {
  for (const listener of listeners) listener();
}

let chosen: Theme = "system";

// The token that protects the dashboard. It arrives in the fragment of the address, which browsers send to nobody,
// and stays in the storage of this tab, so that a reload does not need it again.

const KEY = "millrace-token";

/** Moves the token of the address, if there is one, to the storage of the tab. */
export function takeToken(): void {
  const match = /^#token=([^&]*)/.exec(location.hash);
  if (match === null) return;
  storeToken(decodeURIComponent(match[1] ?? ""));
  history.replaceState(null, "", `${location.pathname}${location.search}#/`);
}

/** Returns the token; empty if there is none. */
export function token(): string {
  try {
    return memory || (sessionStorage.getItem(KEY) ?? "");
  } catch {
    return memory;
  }
}

/** Stores a token that the user has entered. */
export function storeToken(value: string): void {
  memory = value;
  try {
    sessionStorage.setItem(KEY, value);
  } catch {
    // Storage may be blocked; then the token lasts as long as the page.
  }
}

let memory = "";

/** The methods of the console that print to the standard output. */
const METHODS = [
  "log",
  "info",
  "debug",
  "dir",
  "dirxml",
  "table",
  "count",
  "timeLog",
  "timeEnd",
  "group",
  "groupCollapsed",
] as const;

/**
 * Directs the lines that this thread prints by its console to the standard error.
 *
 * @returns A function that ends this.
 */
export function quietConsole(): () => void {
  const { error } = console;
  const before = Object.fromEntries(METHODS.map((name) => [name, console[name]]));
  Object.assign(console, Object.fromEntries(METHODS.map((name) => [name, error])));
  return () => {
    Object.assign(console, before);
  };
}

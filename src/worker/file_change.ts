/**
 * Checks whether the file of a module has changed since a time, as when it was deployed anew while
 * the program ran: a worker that starts later loads what is there by then.
 *
 * @param module The URL of the module.
 * @param time The time in epoch milliseconds, if it is known.
 * @returns `undefined` if it cannot be found out. What is not a file is taken not to change.
 */
export async function hasChangedSince(
  module: string,
  time: number | undefined,
): Promise<boolean | undefined> {
  const url = URL.parse(module);
  if (url?.protocol !== "file:") return false;
  if (time === undefined) return undefined;
  // Without a permission, `stat` would ask the user for it.
  const { state } = await Deno.permissions.query({ name: "read", path: url });
  if (state !== "granted") return undefined;
  try {
    // Some tools that deploy files set the time of the content back, which changes the other.
    const { mtime, ctime } = await Deno.stat(url);
    return Math.max(mtime?.getTime() ?? 0, ctime?.getTime() ?? 0) > time;
  } catch {
    return false; // As the error about the module says, it is not there.
  }
}

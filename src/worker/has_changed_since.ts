/**
 * Checks whether the file of a module has changed since a time, for example by a deployment while the program
 * was running. A worker that starts later loads the new content.
 *
 * @param module The URL of the module.
 * @param time The time, in epoch milliseconds, if it is known.
 * @returns `true` if the file has changed, `undefined` if that cannot be determined. Modules that are no
 * files are assumed not to change.
 */
export async function hasChangedSince(
  module: string,
  time: number | undefined,
): Promise<boolean | undefined> {
  const url = URL.parse(module);
  if (url?.protocol !== "file:") return false;
  if (time === undefined) return undefined;
  // Without permission, `stat` would prompt the user.
  const { state } = await Deno.permissions.query({ name: "read", path: url });
  if (state !== "granted") return undefined;
  try {
    // Some deployment tools reset the `mtime` of a file, which updates its `ctime`.
    const { mtime, ctime } = await Deno.stat(url);
    return Math.max(mtime?.getTime() ?? 0, ctime?.getTime() ?? 0) > time;
  } catch {
    return false; // The file is missing, which the error of the module reports.
  }
}

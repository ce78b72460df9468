/**
 * Checks whether a process holds the POSIX lock by which other programs know that a database is in use;
 * Linux alone shows it.
 */
export function holdsLock(path: string, pid = Deno.pid): boolean {
  const inode = `:${Deno.statSync(path).ino}`;
  return Deno.readTextFileSync("/proc/locks").split("\n").some((line) => {
    const [, kind, , , owner, file] = line.trim().split(/\s+/);
    return kind === "POSIX" && owner === `${pid}` && file?.endsWith(inode);
  });
}

/** The identity of a file on disk, independent of its name. */
export interface FileIdentity {
  /** The device and inode, or the real path if the platform has no inodes. */
  readonly key: string;
  /** The number of its names in the file system. */
  readonly names: number;
  /** The time of the last change to its content, in epoch milliseconds. */
  readonly changedAt: number;
  /** The length in bytes. */
  readonly size: number;
}

/**
 * Identifies a file without opening it, as closing a second handle of a database file would drop all locks
 * that SQLite holds on it.
 *
 * @returns The identity; `undefined` if the file does not exist.
 */
export function identityOf(path: string): FileIdentity | undefined {
  try {
    const info = Deno.statSync(path);
    return {
      key: keyOf(info) ?? Deno.realPathSync(path),
      names: info.nlink ?? 1,
      changedAt: info.mtime?.getTime() ?? 0,
      size: info.size,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

/** Returns the device and inode of a file; `undefined` if the platform has no inodes. */
export function keyOf({ dev, ino }: Pick<Deno.FileInfo, "dev" | "ino">): string | undefined {
  return ino === null || ino === 0 ? undefined : `${dev}:${ino}`;
}

/** Checks whether the program may read a file without a permission prompt. */
export function mayLookAt(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/**
 * Returns the real path of a file, beside which its other files are found. For a file that does not exist
 * yet, returns the path at which it would be created. Returns the given path if the program may not read the
 * real one.
 */
export function realPathOf(path: string): string {
  const real = resolved(path);
  return real !== undefined && mayLookAt(real) ? real : path;
}

/** The maximum number of links that are followed, which bounds cycles. */
const MAX_LINKS = 40;

function resolved(path: string, links = 0): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    // The file does not exist, or is a link to a file that does not exist.
  }
  try {
    const target = linkTarget(path);
    if (target !== undefined) return links < MAX_LINKS ? resolved(target, links + 1) : undefined;
    const { folder, name } = split(path);
    return joined(Deno.realPathSync(folder), name);
  } catch {
    return undefined;
  }
}

/** Returns the target of a symbolic link. */
function linkTarget(path: string): string | undefined {
  try {
    const target = Deno.readLinkSync(path);
    return SEPARATOR_FIRST.test(target) ? target : joined(split(path).folder, target);
  } catch {
    return undefined;
  }
}

const SEPARATOR_FIRST = /^([/\\]|[a-z]:[/\\])/i;
const LAST_SEPARATOR = Deno.build.os === "windows" ? /[/\\](?=[^/\\]*$)/ : /\/(?=[^/]*$)/;

function split(path: string): { folder: string; name: string } {
  const at = path.search(LAST_SEPARATOR);
  if (at < 0) return { folder: ".", name: path };
  return { folder: path.slice(0, at) || "/", name: path.slice(at + 1) };
}

function joined(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

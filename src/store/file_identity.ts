/** A file on disk, whatever it is called. */
export interface FileIdentity {
  /** Device and inode, or the real path where the platform has no inodes. */
  readonly key: string;
  /** Number of names that it has in the file system. */
  readonly names: number;
  /** When its content was last changed, in epoch milliseconds. */
  readonly changedAt: number;
  /** Its length in bytes. */
  readonly size: number;
}

/**
 * Identifies a file without opening it: to close another handle of a database file would drop all locks
 * that SQLite holds on it.
 *
 * @returns The identity, or `undefined` if there is no such file.
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

/** Device and inode of a file, or `undefined` where the platform has none. */
export function keyOf({ dev, ino }: Pick<Deno.FileInfo, "dev" | "ino">): string | undefined {
  return ino === null || ino === 0 ? undefined : `${dev}:${ino}`;
}

/** Checks whether the program may look at a file without asking anybody. */
export function mayLookAt(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/**
 * The path of a file without links and dots, so that all that lies beside it is found there; of a file
 * that does not exist yet, where it would be made. Where the program may not use that, the path as it is.
 */
export function realPathOf(path: string): string {
  const real = resolved(path);
  return real !== undefined && mayLookAt(real) ? real : path;
}

/** More links than this in a row lead in a circle. */
const MAX_LINKS = 40;

function resolved(path: string, links = 0): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    // It does not exist, or is a link to what does not exist.
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

/** Where a symbolic link leads. */
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

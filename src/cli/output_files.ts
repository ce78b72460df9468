import { printable } from "../errors/printable.ts";
import { identityOf, mayLookAt } from "../store/file_identity.ts";
import { usageError } from "./command_error.ts";
import { journalFiles } from "./journal.ts";

/** The paths of the files to write. */
export interface OutputFiles {
  /** The report as HTML. */
  readonly html: string | undefined;
  /** The Chrome trace. */
  readonly trace: string | undefined;
}

/**
 * Refuses to replace the journal, or a file that belongs to it, and to write two outputs to one file.
 *
 * @throws {CommandError} If a path is of such a file.
 */
export function checkOutputs(journal: string, { html, trace }: OutputFiles): void {
  const taken = journalFiles(journal).map((path) => ({
    path,
    key: keyOf(path),
    use: "the journal",
  }));
  for (const [name, path] of [["--html", html], ["--trace", trace]] as const) {
    if (path === undefined) continue;
    const key = keyOf(path);
    const same = taken.find((one) => one.path === path || key !== undefined && one.key === key);
    if (same !== undefined) {
      throw usageError(
        `${name} ${printable(path)} is the file of ${same.use}; give it another path`,
      );
    }
    taken.push({ path, key, use: name });
  }
}

/** Returns what identifies a file by any of its names; `undefined` if it is not there, or may not be looked at. */
function keyOf(path: string): string | undefined {
  try {
    return mayLookAt(path) ? identityOf(path)?.key : undefined;
  } catch {
    return undefined;
  }
}

const BLOCK = 512;

/**
 * The plain files of a tar, by path.
 *
 * Knows what `deno publish` writes, GNU long names included, and refuses the rest.
 */
export function untar(tar: Uint8Array<ArrayBuffer>): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let longName: string | undefined;

  for (let at = 0; tar[at];) { // an empty name ends the archive
    const header = tar.subarray(at, at + BLOCK);
    const name = longName ?? text(header.subarray(0, 100));
    const size = parseInt(text(header.subarray(124, 136)), 8);
    const kind = text(header.subarray(156, 157)) || "0";
    const body = tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;

    longName = undefined;
    if (kind === "L") longName = text(body);
    else if (kind === "0") files.set(name, body);
    else throw new Error(`tar: "${name}" is of kind "${kind}", not a plain file`);
  }
  return files;
}

/** The text before the first NUL. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

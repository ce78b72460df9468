/** One version of a package, as the registry stores it. */
export interface Package {
  /** With its scope, such as `@std/assert`. */
  name: string;
  version: string;
  /** From entry point to path, such as `"."` to `"./mod.ts"`. */
  exports: Record<string, string>;
  /** From path, such as `/mod.ts`, to content. */
  files: Map<string, Uint8Array<ArrayBuffer>>;
}

/** Returns the content of `/@scope/name/meta.json`. */
export function packageMeta({ name, version }: Package): unknown {
  const [scope, bare] = name.slice(1).split("/");
  return { scope, name: bare, latest: version, versions: { [version]: {} } };
}

/** Returns the content of `/@scope/name/version_meta.json`. The client checks every file against it. */
export async function versionMeta({ exports, files }: Package): Promise<unknown> {
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const [path, content] of files) {
    const digest = await crypto.subtle.digest("SHA-256", content);
    const checksum = `sha256-${new Uint8Array(digest).toHex()}`;
    manifest[path] = { size: content.length, checksum };
  }
  return { manifest, exports };
}

/** A temporary folder that goes when its scope ends. */
export interface TempFolder extends AsyncDisposable {
  /** The path of something in it. */
  at(name: string): string;
}

/** Makes a temporary folder with these subfolders. */
export async function tempFolder(...subfolders: string[]): Promise<TempFolder> {
  const root = await Deno.makeTempDir({ prefix: "millrace_jsr_" });
  for (const name of subfolders) await Deno.mkdir(`${root}/${name}`);
  return {
    at: (name) => `${root}/${name}`,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

/** The folder of `deno.json`, where every process is started. */
export const ROOT = new URL("../../", import.meta.url);

/**
 * Returns the arguments for running a program of this repository in another process, with the same
 * import map as this process.
 */
export function denoRun(program: string, ...args: string[]): string[] {
  const isFromNpm = !import.meta.resolve("@std/fmt/colors").startsWith("jsr:");
  const imports = isFromNpm ? ["--import-map=import_map.npm.json"] : [];
  return ["run", "--quiet", "-A", "--no-lock", ...imports, program, ...args];
}

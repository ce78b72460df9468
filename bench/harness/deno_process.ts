/** The folder of `deno.json`, where every process is started. */
export const ROOT = new URL("../../", import.meta.url);

/**
 * The arguments with which a program of this repository runs in a process of its own, finding its
 * imports where this process found them.
 */
export function denoRun(program: string, ...args: string[]): string[] {
  const isFromNpm = !import.meta.resolve("@std/fmt/colors").startsWith("jsr:");
  const imports = isFromNpm ? ["--import-map=import_map.npm.json"] : [];
  return ["run", "--quiet", "-A", "--no-lock", ...imports, program, ...args];
}

// Follows the README as a reader does: copies its first example into a folder, runs it with the
// permissions stated, and compares its output with the one that the README shows. `tests/jsr` checks its types.

import library from "../../deno.json" with { type: "json" };
import { assertEquals } from "@std/assert";
import { readmeExample } from "./readme_example.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("README.md example prints the documented output", async () => {
  const { files, flags, output } = await readmeExample();
  await using folder = await tempFolder();
  for (const [name, code] of files) await Deno.writeTextFile(`${folder.path}/${name}`, code);
  await copyLibrary(`${folder.path}/library`);
  // Instead of what is published, the library as it is here; it lies within the folder, so that no
  // further permission is needed for it.
  const imports = Object.fromEntries(
    Object.entries(library.exports).map((
      [face, path],
    ) => [`jsr:@millrace/flow${face.slice(1)}`, `./library/${path}`]),
  );
  await Deno.writeTextFile(`${folder.path}/deno.json`, JSON.stringify({ imports }));

  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-lock", ...flags, "main.ts"],
    cwd: folder.path,
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(300_000),
  }).output();
  const text = new TextDecoder();
  assertEquals(code, 0, text.decode(stderr));
  assertEquals(text.decode(stdout).trimEnd(), output.trimEnd());
});

/** Copies what is published of the library. */
async function copyLibrary(to: string): Promise<void> {
  await Deno.mkdir(to);
  await Deno.copyFile(new URL("mod.ts", ROOT), `${to}/mod.ts`);
  for (const name of ["faces", "src", "workers"]) {
    await copyFolder(new URL(`${name}/`, ROOT), `${to}/${name}`);
  }
}

async function copyFolder(from: URL, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(new URL(`${name}/`, from), `${to}/${name}`);
    else await Deno.copyFile(new URL(name, from), `${to}/${name}`);
  }
}

/** Makes a folder that goes when its scope ends. */
async function tempFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "millrace_readme_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

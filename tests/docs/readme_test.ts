// Follows the README as a reader does: copies its first example into a folder, runs it with the
// permissions stated, and compares its output with the one that the README shows.

import library from "../../deno.json" with { type: "json" };
import { assert, assertEquals, assertExists } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** An example of the README: files by name, the flags to run them with, and their output. */
interface Example {
  readonly files: ReadonlyMap<string, string>;
  readonly flags: readonly string[];
  readonly output: string;
}

Deno.test("README.md example prints the documented output", async () => {
  const { files, flags, output } = exampleOf(await Deno.readTextFile(new URL("README.md", ROOT)));
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
    args: ["run", "--no-prompt", "--no-lock", "--check", ...flags, "main.ts"],
    cwd: folder.path,
    env: { NO_COLOR: "1" },
    stdin: "null",
    // With an empty cache on a busy machine, the type check alone can take minutes.
    signal: AbortSignal.timeout(600_000),
  }).output();
  const text = new TextDecoder();
  assertEquals(code, 0, text.decode(stderr));
  assertEquals(text.decode(stdout).trimEnd(), output.trimEnd());
});

/** Finds the first example of a README and how to run it. */
function exampleOf(markdown: string): Example {
  const files = new Map<string, string>();
  let output: string | undefined;
  for (const [, language, text = ""] of markdown.matchAll(/^```(\S+).*\n([^]*?)^```$/gm)) {
    const name = language === "ts" ? text.match(/^\/\/ (\w+\.ts)$/m)?.[1] : undefined;
    if (name !== undefined && text.startsWith(`// ${name}`)) files.set(name, text);
    else if (language === "text" && files.has("main.ts")) output = text;
    if (output !== undefined) break;
  }
  assert(files.has("main.ts"), "README.md has no ts block that begins with // main.ts");
  assertExists(output, "README.md has no text block with the output after the example");
  const command = markdown.match(/deno run ([^\n`]*?) ?main\.ts/);
  assertExists(command, "README.md does not say how to run main.ts");
  const flags = (command[1] ?? "").split(" ").filter((flag) => flag !== "");
  return { files, flags, output };
}

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

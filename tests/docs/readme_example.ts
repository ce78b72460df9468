import { assert, assertExists } from "@std/assert";

const README = new URL("../../README.md", import.meta.url);

/** The first example of the README: files by name, the flags to run them with, and their output. */
export interface ReadmeExample {
  readonly files: ReadonlyMap<string, string>;
  readonly flags: readonly string[];
  readonly output: string;
}

/** Returns the first example of the README, and how to run it. */
export async function readmeExample(): Promise<ReadmeExample> {
  const markdown = await Deno.readTextFile(README);
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

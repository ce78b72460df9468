// The files and functions that ARCHITECTURE.md names.

import { assert, assertEquals } from "@std/assert";
import { readSources } from "../library_sources.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("ARCHITECTURE.md names files that exist and names that they declare", async () => {
  const text = await Deno.readTextFile(new URL("ARCHITECTURE.md", ROOT));
  const sources = await readSources();
  const wrong: string[] = [];
  let named = 0;
  for (const [reference, path = "", name] of text.matchAll(/`([\w/.-]+\.ts)(?::(#?\w+))?`/g)) {
    // Most paths begin below `src`, or are a file's name alone.
    const source = sources.find((source) =>
      source.path === path || source.path.endsWith(`/${path}`)
    );
    if (name === undefined ? !source && !await isFile(path) : !declares(source?.code, name)) {
      wrong.push(reference);
    }
    if (name !== undefined) named++;
  }
  assertEquals(wrong, []);
  assert(named > 20, `it names ${named} functions`);
});

async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(new URL(path, ROOT)).catch(() => undefined))?.isFile ?? false;
}

/** Checks whether a module declares a function, a class, a type, or a method of that name. */
function declares(code = "", name: string): boolean {
  return new RegExp(
    `\\b(?:class|interface|type|const|function\\*?) ${name}\\b|^ +(?:static |async |\\*)*${name}[<(]`,
    "m",
  ).test(code);
}

// The tasks resolve imports by `deno.json` where JSR answers, else by `import_map.npm.json`. A run
// uses only one of them, so the tests compare the two.

import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import map from "../import_map.npm.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);
const canonical: Record<string, string> = config.imports;
const npm: Record<string, string> = map.imports;

Deno.test("import_map.npm.json names the packages of deno.json", () => {
  const own = { [config.name]: config.exports["."] };
  assertEquals(packages(npm), packages({ ...canonical, ...own }));
});

Deno.test("import_map.npm.json maps each export of the library", () => {
  for (const [face, path] of Object.entries(config.exports)) {
    assertEquals(npm[config.name + face.slice(1)], path);
  }
});

Deno.test("deno.json takes @std packages from JSR", () => {
  for (const [name, target] of Object.entries(canonical)) {
    if (name.startsWith("@std/")) assertEquals(target, `jsr:${name}@^1`);
  }
});

Deno.test("import_map.npm.json repeats each npm target", () => {
  for (const [name, target] of Object.entries(canonical)) {
    if (target.startsWith("npm:")) assertEquals(npm[name], target);
  }
});

Deno.test("deno.lock holds each pinned npm package", async () => {
  const { specifiers } = JSON.parse(await Deno.readTextFile(new URL("deno.lock", ROOT)));
  const packages = new Set(
    Object.values(npm).flatMap((target) => target.match(/^npm:(?:@[^/]+\/)?[^/]+/)?.[0] ?? []),
  );
  for await (const file of sources(ROOT)) {
    const text = await Deno.readTextFile(file);
    for (const [, name = ""] of text.matchAll(/"(npm:@?[^@"]+@[^/"]+)/g)) packages.add(name);
  }
  assertGreater(packages.size, 5);
  for (const name of packages) {
    assertMatch(name, /@\d+\.\d+\.\d+$/);
    assert(name in specifiers, `${name} is not in deno.lock`);
  }
});

Deno.test("import_map.npm.json maps each imported @std module", async () => {
  const missing: string[] = [];
  for await (const file of sources(ROOT)) {
    const text = await Deno.readTextFile(file);
    for (const [, name = ""] of text.matchAll(/"(@std\/[^"\s]+)"/g)) {
      if (!(name in npm)) missing.push(`${name} of ${file.pathname.slice(ROOT.pathname.length)}`);
    }
  }
  assertEquals(missing, [], "see CONTRIBUTING.md for how to add a module");
});

Deno.test("tools/npm_std/ modules export each declared name", async () => {
  for (const [name, target] of standard(npm)) {
    const module = await import(new URL(target, ROOT).href);
    const types = await Deno.readTextFile(new URL(target.replace(/\.ts$/, ".d.ts"), ROOT));
    const declared = types.matchAll(/^export (?:const|function|class) (\w+)/gm);
    const names = [...declared].flatMap(([, name = ""]) => name);
    assert(names.length > 0, `${name} has no types`);
    assertEquals(names.filter((declaredName) => !(declaredName in module)), [], name);
  }
});

/** The packages whose modules a map names, in order. */
function packages(imports: Record<string, string>): string[] {
  const names = Object.keys(imports).map((name) => name.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? name);
  return [...new Set(names)].sort();
}

/** The modules of the standard library that a map names. */
function standard(imports: Record<string, string>): [string, string][] {
  return Object.entries(imports).filter(([name]) => name.startsWith("@std/"));
}

/** Every file that can hold code, examples in Markdown included. */
async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name.startsWith(".") || name === "node_modules" || name === "coverage") continue;
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (/\.(ts|md)$/.test(name)) yield new URL(name, folder);
  }
}

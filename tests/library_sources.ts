// The modules of the library: what each imports and which of it are types, for the tests of its structure.

const ROOT = new URL("../", import.meta.url);

export interface Import {
  readonly specifier: string;
  readonly isType: boolean;
}

export interface Source {
  /** As `src/engine/engine.ts`. */
  readonly path: string;
  /** Its text without comments. */
  readonly code: string;
  /** The number of lines with code on them. */
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** Reads every module that is published. */
export async function readSources(): Promise<Source[]> {
  const sources = [await readSource("mod.ts")];
  for (const folder of ["faces/", "src/", "workers/"]) {
    for await (const path of filesIn(folder)) sources.push(await readSource(path));
  }
  return sources;
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) yield* filesIn(`${folder}${name}/`);
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) yield folder + name;
  }
}

async function readSource(path: string): Promise<Source> {
  const text = await Deno.readTextFile(new URL(path, ROOT));
  // Examples in comments import as well.
  const code = ownText(path, text).replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/(^|\s)\/\/.*$/gm, "");
  // Comments explain, so they make no file too long.
  const lines = code.split("\n").filter((line) => line.trim() !== "").length;
  return { path, code, lines, imports: importsOf(code) };
}

/** The text of a page is data: its program is no code of the library. */
function ownText(path: string, text: string): string {
  if (!path.startsWith("src/web/built/")) return text;
  return text.replaceAll(/"(?:\\.|[^"\\])*"/g, '""');
}

function importsOf(code: string): Import[] {
  const froms = code.matchAll(/^(?:import|export)\s+([^;"]*?)\s*from\s+"([^"]+)"/gm);
  const named = [...froms].map(([, names = "", specifier = ""]) => {
    return { specifier, isType: isTypeOnly(names) };
  });
  const bare = code.matchAll(/^import\s+"([^"]+)"/gm);
  const dynamic = code.matchAll(/\bimport\("([^"]+)"\)/g);
  const others = [...bare, ...dynamic].map(([, specifier = ""]) => ({ specifier, isType: false }));
  return [...named, ...others];
}

/** `type { A }`, or `{ type A, type B }`. */
function isTypeOnly(names: string): boolean {
  if (names.startsWith("type ")) return true;
  const list = names.match(/^\{([\s\S]*)\}$/)?.[1]?.split(",").map((name) => name.trim());
  return list?.every((name) => name === "" || name.startsWith("type ")) ?? false;
}

/** Checks whether a specifier leads to a module of the library. */
export function isOwn(specifier: string): boolean {
  return /^\.\.?\//.test(specifier);
}

/** The path of what a module imports, from the root. */
export function resolve({ path }: Source, specifier: string): string {
  return new URL(specifier, new URL(path, ROOT)).href.slice(ROOT.href.length);
}

function valueTargets(source: Source): string[] {
  return source.imports
    .filter(({ specifier, isType }) => !isType && isOwn(specifier))
    .map(({ specifier }) => resolve(source, specifier));
}

/** Returns the modules that each module loads when it is loaded, by path. */
export function nextOf(sources: readonly Source[]): ReadonlyMap<string, readonly string[]> {
  return new Map(sources.map((source) => [source.path, valueTargets(source)]));
}

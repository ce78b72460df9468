/**
 * Records the public API: one file per face in `api/`, with a line for each export and each of its
 * members. `deno task api` writes the files; a test compares them with the exports.
 *
 * @module
 */

import { inheritedStdFlags } from "./std_flags.ts";

const ROOT = new URL("../", import.meta.url);

/** A folder with a file for each face. */
export const RECORDS = new URL("api/", ROOT);

/** Parts of a declaration that do not affect its use. */
const UNUSED = new Set([
  "declarationKind",
  "hasBody",
  "isAsync",
  "isGenerator",
  "jsDoc",
  "location",
  "resolution",
  "right",
  "target",
]);

/** The parts of a declaration that get lines of their own. */
const MEMBERS = [
  "constructors",
  "properties",
  "methods",
  "callSignatures",
  "indexSignatures",
] as const;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Fields = { [key: string]: Json };

interface Symbols {
  readonly symbols: readonly { readonly name: string; readonly declarations: readonly Fields[] }[];
}

/** Returns the text of each record, by the name of its file. */
export async function apiRecords(): Promise<Map<string, string>> {
  const faces = await readFaces();
  const nodes = await documentationOf([...faces.values()]);
  return new Map([...faces].map(([face, path]) => {
    const { symbols } = nodes[new URL(path, ROOT).href] ?? { symbols: [] };
    const sorted = symbols.toSorted((a, b) => a.name < b.name ? -1 : 1);
    const lines = sorted.flatMap(({ name, declarations }) =>
      declarations.flatMap((declaration) => linesOf(name, declaration))
    );
    return [`${face}.txt`, `${lines.join("\n")}\n`];
  }));
}

/** Reads the path of each face; `.` is called `mod`. */
async function readFaces(): Promise<Map<string, string>> {
  const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  return new Map(
    Object.entries<string>(exports).map(([face, path]) => [face.slice(2) || "mod", path]),
  );
}

async function documentationOf(paths: readonly string[]): Promise<Record<string, Symbols>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...inheritedStdFlags(), ...paths],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`deno doc failed: ${text.decode(stderr)}`);
  return JSON.parse(text.decode(stdout)).nodes;
}

function linesOf(name: string, { kind, def }: Fields): string[] {
  if (!isFields(def)) return [`${kind} ${name}`];
  const members = MEMBERS.flatMap((key) => {
    const list = def[key];
    return Array.isArray(list) ? list.map((member) => [key, member] as const) : [];
  });
  const own = Object.fromEntries(
    Object.entries(def).filter(([key]) => !MEMBERS.some((member) => member === key)),
  );
  return [
    `${kind} ${name} ${textOf(own)}`.trimEnd(),
    ...members.filter(([, member]) => isFields(member) && member.accessibility !== "private")
      .map(([key, member]) => `  ${name} ${key} ${textOf(member)}`),
  ];
}

/**
 * Returns one line for a part of a declaration. A type that is a name or a literal is its own text.
 */
function textOf(part: Json): string {
  if (Array.isArray(part)) return part.map(textOf).join(", ");
  if (!isFields(part)) return String(part);
  if (isSimple(part)) return String(part.repr);
  const fields = Object.entries(part)
    .filter(([key, value]) => !UNUSED.has(key) && value !== false && value !== null)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .filter(([key, value]) => key !== "repr" || value !== "")
    .map(([key, value]) =>
      isFields(value) || Array.isArray(value) ? `${key}(${textOf(value)})` : `${key} ${value}`
    );
  return fields.join(" ");
}

/** Checks whether a type has no types within it. */
function isSimple({ kind, repr, value }: Fields): boolean {
  if (typeof repr !== "string" || repr === "") return false;
  return kind === "keyword" || kind === "literal" ||
    (kind === "typeRef" && isFields(value) && value.typeParams === undefined);
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

if (import.meta.main) {
  await Deno.remove(RECORDS, { recursive: true }).catch(() => {});
  await Deno.mkdir(RECORDS);
  for (const [name, text] of await apiRecords()) {
    await Deno.writeTextFile(new URL(name, RECORDS), text);
  }
}

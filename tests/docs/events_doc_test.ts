// The tables of docs/events.md, which list all events and their fields, beside the types in src/engine/job_event.ts.

import { assert, assertEquals, assertGreater } from "@std/assert";
import { inheritedStdFlags } from "../../tools/std_flags.ts";

const ROOT = new URL("../../", import.meta.url);
const TYPES = [
  "src/engine/job_event.ts",
  "src/routine/effects.ts",
  "src/routine/committed.ts",
  "src/data/serialized_error.ts",
];

/** An interface, with the names of its own fields; a name ends in `?` if the field is optional. */
interface Declared {
  readonly bases: readonly string[];
  readonly fields: readonly string[];
  /** The values of the field `type`. */
  readonly types: readonly string[];
}

interface TypeJson {
  readonly kind: string;
  readonly repr: string;
  readonly value: unknown;
}

interface PropertyJson {
  readonly name: string;
  readonly optional?: boolean;
  readonly tsType?: TypeJson;
}

interface DeclarationJson {
  readonly kind: string;
  readonly def: {
    readonly extends?: readonly TypeJson[];
    readonly properties?: readonly PropertyJson[];
  };
}

const declared = await readTypes();
const rows = await readRows();

Deno.test("docs/events.md has a row for each JobEvent", () => {
  const types = [...new Set([...declared.values()].flatMap(({ types }) => types))];
  assertGreater(types.length, 20);
  assertEquals([...rows.keys()].filter((name) => /^[a-z]/.test(name)).sort(), types.sort());
});

Deno.test("docs/events.md lists the fields of each JobEvent", () => {
  for (const [name, { types }] of declared) {
    const base = fieldsOf("JobEventBase");
    const common = fieldsOf(name).includes("attempt") ? fieldsOf("ActivationEventBase") : base;
    const expected = fieldsOf(name).filter((field) => !common.includes(field) && field !== "type");
    for (const type of types) assertEquals(rows.get(type)?.sort(), expected.sort(), type);
  }
});

Deno.test("docs/events.md lists the fields of the types in events", () => {
  const types = [...rows.keys()].filter((name) => /^[A-Z]/.test(name));
  assertGreater(types.length, 5);
  for (const type of types) assertEquals(rows.get(type)?.sort(), fieldsOf(type).sort(), type);
});

Deno.test("docs/events.md lists the fields that all JobEvents have", async () => {
  const text = await Deno.readTextFile(new URL("docs/events.md", ROOT));
  const [first = ""] = text.split("\n## ");
  const common = [...first.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  assertEquals(common.sort(), [...fieldsOf("JobEventBase"), "type"].sort());
});

/** Reads the first two columns of the tables below the first headline. */
async function readRows(): Promise<Map<string, string[]>> {
  const text = await Deno.readTextFile(new URL("docs/events.md", ROOT));
  const tables = text.slice(text.indexOf("\n## "));
  return new Map(
    [...tables.matchAll(/^\| `(\w+)` *\| ([^|]*)\|/gm)].map(([, name = "", fields = ""]) => {
      return [name, [...fields.matchAll(/`(\w+\??)`/g)].map(([, field = ""]) => field)];
    }),
  );
}

async function readTypes(): Promise<Map<string, Declared>> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...inheritedStdFlags(), ...TYPES],
    cwd: ROOT,
  }).output();
  assert(success);
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  const modules = Object.values<{ symbols: { name: string; declarations: DeclarationJson[] }[] }>(
    nodes,
  );
  return new Map(
    modules.flatMap(({ symbols }) => symbols).flatMap(({ name, declarations }) =>
      declarations.filter(({ kind }) => kind === "interface").map(({ def }) => {
        const properties = def.properties ?? [];
        const type = properties.find((property) => property.name === "type")?.tsType;
        return [name, {
          bases: (def.extends ?? []).map(({ repr }) => repr),
          fields: properties.map(({ name, optional }) => optional ? `${name}?` : name),
          types:
            JSON.stringify(type ?? "").match(/(?<=")(job|activation|signal|wait|feed)_\w+(?=")/g) ??
              [],
        }] as const;
      })
    ),
  );
}

/** Returns the fields of an interface, with those of its bases. */
function fieldsOf(name: string): string[] {
  const { bases, fields } = declared.get(name) ?? { bases: [], fields: [] };
  return [...bases.flatMap(fieldsOf), ...fields];
}

import { assertEquals, assertGreater } from "@std/assert";
import { inheritedStdFlags } from "../../tools/std_flags.ts";

const ROOT = new URL("../../", import.meta.url);

/** The part of the output of `deno doc --json` that is read here. */
interface Documentation {
  readonly nodes: Readonly<Record<string, { readonly symbols: readonly Export[] }>>;
}

interface Export {
  readonly name: string;
  readonly declarations: readonly {
    readonly kind: string;
    readonly jsDoc?: { readonly doc?: string; readonly tags?: readonly { kind: string }[] };
  }[];
}

/** The kinds of exports that show their use by an example; most types need none. */
const WITH_EXAMPLE = ["class", "function", "variable"];

Deno.test("@example documents every class, function and value", async () => {
  const exported = await exports();
  const hasExample = new Set(exported.filter(isShown).map(({ name }) => name));
  const shown = exported.filter(({ declarations }) =>
    declarations.some(({ kind }) => WITH_EXAMPLE.includes(kind))
  );
  assertGreater(shown.length, 50);
  assertEquals(shown.map(({ name }) => name).filter((name) => !hasExample.has(name)), []);
});

Deno.test("deno doc describes every export", async () => {
  const exported = await exports();
  assertGreater(exported.length, 100);
  // What several faces export is documented once.
  const described = new Set(
    exported
      .filter(({ declarations }) => declarations.some(({ jsDoc }) => jsDoc?.doc !== undefined))
      .map(({ name }) => name),
  );
  const bare = exported.map(({ name }) => name).filter((name) => !described.has(name));
  assertEquals(bare, []);
});

function isShown({ declarations }: Export): boolean {
  return declarations.some(({ jsDoc }) => jsDoc?.tags?.some(({ kind }) => kind === "example"));
}

async function exports(): Promise<Export[]> {
  const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...inheritedStdFlags(), ...Object.values<string>(exports)],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const documentation: Documentation = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values(documentation.nodes).flatMap(({ symbols }) => symbols);
}

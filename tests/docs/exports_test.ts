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

Deno.test("@example documents every export", async () => {
  const exported = await exports();
  assertGreater(exported.length, 100);
  const withExample = new Set(
    exported
      .filter(({ declarations }) =>
        declarations.some(({ jsDoc }) => jsDoc?.tags?.some(({ kind }) => kind === "example"))
      )
      .map(({ name }) => name),
  );
  // What several faces export is documented once.
  const bare = exported.filter(({ name }) => !withExample.has(name));
  assertEquals(bare.map(({ name }) => name), []);
});

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

// The examples of doc comments and of Markdown, each of which is run, and its output compared with the
// comments behind each `console.log`. `deno task check` checks their types. One test file runs them all, as
// `deno test --doc` loads the library anew for each.

import { assert, assertEquals, assertGreater } from "@std/assert";
import { takePrinted } from "./told.ts";

const ROOT = new URL("../../", import.meta.url);
const PRINTING = new URL("told.ts", import.meta.url);

/** An example of a doc comment or of a Markdown file. */
interface Example {
  /** The file, as `src/flow/flow.ts`. */
  readonly path: string;
  /** Its title, or the line on which it begins. */
  readonly title: string;
  readonly code: string;
}

/** A block of TypeScript, behind its title if it has one; each line begins as those of its comment do. */
const EXAMPLE = /(?:@example (.+)\n)?^( *\* )?```ts\n([^]*?)^\2```$/gm;
/** A call that says what it prints, as the formatter leaves it: on one line. */
const SAID = /console\.log\((.*)\); \/\/ (.+)$/gm;

const all = examples();

for (const { path, title, code } of all) {
  const said = [...code.matchAll(SAID)].map(([, , said]) => said);
  if (code.includes("Deno.test(")) {
    // It registers tests of its own.
    await run(path, code);
    continue;
  }
  const what = said.length === 0 ? "runs" : "prints its output";
  Deno.test(`${path} example "${title}" ${what}`, async () => {
    takePrinted();
    await run(path, code);
    const lines = takePrinted();
    for (const { said, printed } of lines) {
      assert(isSaid(said, printed), `it says ${said} and prints ${printed}`);
    }
    assertEquals(
      said.filter((one) => !lines.some((each) => each.said === one)),
      [],
      "never printed",
    );
  });
}

Deno.test("EXAMPLE finds each block of TypeScript", () => {
  const blocks = (path: string) =>
    Deno.readTextFileSync(new URL(path, ROOT)).match(/^[ *]*```ts$/gm)?.length ?? 0;
  const found = Map.groupBy(all, ({ path }) => path);
  const missing = sources().filter((path) => blocks(path) !== (found.get(path)?.length ?? 0));
  assertEquals(missing, []);
  assertGreater(all.length, 150);
});

function examples(): Example[] {
  return sources().flatMap((path) => {
    const text = Deno.readTextFileSync(new URL(path, ROOT));
    return [...text.matchAll(EXAMPLE)].map(({ 1: title, 2: margin = "", 3: code = "", index }) => {
      const line = text.slice(0, index).split("\n").length;
      const lines = code.split("\n").map((line) =>
        line.startsWith(margin) ? line.slice(margin.length) : line.slice(margin.length - 1)
      );
      return { path, title: title ?? `line ${line}`, code: lines.join("\n") };
    });
  });
}

async function run(path: string, code: string): Promise<void> {
  await import(`data:application/typescript,${encodeURIComponent(printing(path, code))}`);
}

/** The files that are published and the texts for users. */
function sources(): string[] {
  const markdown = ["README.md", "CONTRIBUTING.md", ...filesIn("docs/")].filter((path) =>
    path.endsWith(".md")
  );
  return [...markdown, "mod.ts", ...filesIn("faces/"), ...filesIn("src/")];
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}${name}/`) : [`${folder}${name}`]
  );
}

/** The example with `recordOutput` in place of `console.log`, to be imported from anywhere. */
function printing(path: string, code: string): string {
  const here = code
    .replaceAll(/ from "(\..+)";/g, (_, to) => ` from "${new URL(to, new URL(path, ROOT))}";`)
    .replaceAll(SAID, (_, values, said) => `recordOutput(${JSON.stringify(said)}, ${values});`);
  return `import { recordOutput } from "${PRINTING}";\n${here}`;
}

/** The comment may go on after the printed text: `0, as nothing was started`. */
function isSaid(said: string, printed: string): boolean {
  return said === printed || [",", ";"].some((mark) => said.startsWith(`${printed}${mark} `));
}

// The examples of doc comments: `deno test --doc` runs them, and here their output is compared with the
// comments behind each `console.log`.

import { assert, assertEquals } from "@std/assert";
import { takePrinted } from "./told.ts";

const ROOT = new URL("../../", import.meta.url);
const PRINTING = new URL("told.ts", import.meta.url);

/** An example of a doc comment. */
interface Example {
  /** The file, as `src/flow/flow.ts`. */
  readonly path: string;
  readonly title: string;
  readonly code: string;
}

const EXAMPLE = /^ \* @example (.+)\n \* ```ts\n([^]*?)^ \* ```$/gm;
/** A call that says what it prints, as the formatter leaves it: on one line. */
const SAID = /console\.log\((.*)\); \/\/ (.+)$/gm;

for (const { path, title, code } of examples()) {
  const said = [...code.matchAll(SAID)].map(([, , said]) => said);
  if (said.length === 0) continue;
  Deno.test(`${path} example "${title}" prints its output`, async () => {
    takePrinted();
    await import(`data:application/typescript,${encodeURIComponent(printing(path, code))}`);
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

function examples(): Example[] {
  return sources().flatMap((path) => {
    const text = Deno.readTextFileSync(new URL(path, ROOT));
    return [...text.matchAll(EXAMPLE)].map(([, title = "", code = ""]) => {
      return { path, title, code: code.replaceAll(/^ \* ?/gm, "") };
    });
  });
}

function sources(folder = "src/"): string[] {
  const inside = [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) =>
    isDirectory ? sources(`${folder}${name}/`) : [`${folder}${name}`]
  );
  return folder === "src/" ? ["mod.ts", ...sources("faces/"), ...inside] : inside;
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

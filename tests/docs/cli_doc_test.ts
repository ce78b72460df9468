// docs/cli.md beside the commands that it describes.

import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";

const text = await Deno.readTextFile(new URL("../../docs/cli.md", import.meta.url));

Deno.test("docs/cli.md has a section for each command", () => {
  const titles = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  assertEquals(titles, COMMANDS.map(({ name, parameters }) => [name, ...parameters].join(" ")));
});

for (const { name, options } of COMMANDS) {
  Deno.test(`docs/cli.md lists the options of ${name}`, () => {
    const [, rest = ""] = text.split(`\n## ${name} `);
    const [section = ""] = rest.split("\n## ");
    const listed = [...section.matchAll(/^\| `--([\w-]+)[^`]*` .*\|/gm)].map(([, option]) =>
      option
    );
    assertEquals(
      [...new Set(listed)].sort(),
      options.map(({ name }) => name).sort(),
    );
  });
}

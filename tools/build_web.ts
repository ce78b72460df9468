/**
 * Builds the pages of the dashboard and of the report from `client/` into `src/web/built/`. The output is the same on
 * every machine with the same version of Deno, which determines the version of the bundler.
 *
 * @module
 */

import { inheritedStdFlags } from "./std_flags.ts";

const ROOT = new URL("../", import.meta.url);

/** The version of Deno whose bundler has built the committed pages. */
export const BUILT_WITH = "2.9.6";

/** A page to build. */
interface Page {
  /** The module to write, from the root. */
  readonly path: string;
  /** The entry of its program. */
  readonly entry: string;
  readonly styles: readonly string[];
  readonly title: string;
  /** The packages in its program, whose licences it repeats. */
  readonly packages: readonly (keyof typeof LICENCES)[];
}

const LICENCES = {
  preact: "Preact, copyright (c) 2015-present Jason Miller",
  dagre: "dagre and graphlib, copyright (c) 2012-2014 Chris Pettitt",
  uplot: "uPlot, copyright (c) 2022 Leon Sorokin",
};

const MIT = `The MIT License (MIT)

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const PAGES: readonly Page[] = [
  {
    path: "src/web/built/report.ts",
    entry: "client/report/main.tsx",
    styles: ["client/style/base.css", "client/style/drawings.css", "client/style/report.css"],
    title: "Millrace report",
    packages: ["preact", "dagre"],
  },
  {
    path: "src/web/built/dashboard.ts",
    entry: "client/dashboard/main.tsx",
    styles: ["client/style/base.css", "client/style/drawings.css", "client/style/dashboard.css"],
    title: "Millrace",
    packages: ["preact", "dagre", "uplot"],
  },
];

/** Builds all pages; returns the text of each module by its path. */
export async function buildWeb(): Promise<ReadonlyMap<string, string>> {
  const built = new Map<string, string>();
  for (const page of PAGES) built.set(page.path, await moduleOf(page));
  return built;
}

async function moduleOf({ entry, styles, title, packages }: Page): Promise<string> {
  const notice = `/*! Contains:\n${
    packages.map((name) => `${LICENCES[name]}\n`).join("")
  }\n${MIT}\n*/\n`;
  const script = notice + escapeScript(await bundle(entry));
  const texts = await Promise.all(styles.map((path) => Deno.readTextFile(new URL(path, ROOT))));
  const css = packages.includes("uplot") ? [await chartStyle(), ...texts] : texts;
  const style = css.map(compact).join("");
  const fields = {
    TITLE: title,
    STYLE: style,
    STYLE_HASH: await hashOf(style),
    SCRIPT: script,
    SCRIPT_HASH: await hashOf(script),
  };
  const lines = Object.entries(fields).map(([name, text]) =>
    `export const ${name}: string = ${JSON.stringify(text)};\n`
  );
  return "// Generated from client/ by `deno task build:web`.\n\n" + lines.join("");
}

/** Checks whether the bundler can run here. Deno downloads it on first use. */
export async function canBuild(): Promise<boolean> {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  try {
    return await bundle(path) !== undefined;
  } catch {
    return false;
  } finally {
    await Deno.remove(path);
  }
}

/** Bundles a program and everything that it imports. */
async function bundle(entry: string): Promise<string> {
  const flags = inheritedStdFlags();
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", ...flags, "--platform", "browser", "--minify", entry],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`cannot bundle ${entry}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Returns a script that an HTML parser does not end or comment out early. */
function escapeScript(script: string): string {
  return script.replaceAll(/<(?=\/script|!--|script)/gi, "\\x3C").trim();
}

/** The style sheet of the charts. */
async function chartStyle(): Promise<string> {
  const { default: style } = await import("uplot/dist/uPlot.min.css", { with: { type: "text" } });
  return style;
}

/** Returns a style sheet without comments and indentation. */
function compact(css: string): string {
  return css.replaceAll(/\/\*[^]*?\*\//g, "").split("\n").map((line) => line.trim())
    .filter((line) => line !== "").join("\n") + "\n";
}

/** Returns the source with which a content security policy permits an inline script or style. */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

if (import.meta.main) {
  for (const [path, text] of await buildWeb()) {
    await Deno.mkdir(new URL("./", new URL(path, ROOT)), { recursive: true });
    await Deno.writeTextFile(new URL(path, ROOT), text);
    console.log(`${path}: ${Math.round(text.length / 1024)} KB`);
  }
}

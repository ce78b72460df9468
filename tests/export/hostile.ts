import type { GraphShape } from "../../src/run/graph_shape.ts";

/** Ids and names that mean something in Mermaid, DOT, HTML, Markdown or a terminal. */
export const HOSTILE: readonly string[] = [
  ..."end graph subgraph flowchart o x default style class classDef click call href".split(" "),
  ..."digraph node edge strict rankdir label".split(" "),
  "a b",
  "a-->b",
  'say "hi"',
  "[brackets]",
  "{curly}",
  "(round)",
  "a|b",
  "line\nbreak",
  "back\\nslash",
  "\\",
  "a\\",
  '\\"',
  "\\N \\G \\l",
  "tab\there",
  "größe 漢字 🚀",
  "<script>alert(1)</script>",
  "<b>bold</b>",
  "&lt;",
  "&amp;amp;",
  "#35;",
  "#quot;",
  "`code`",
  "**bold**",
  "_it_",
  "__x__",
  "1. list",
  "- item",
  "# head",
  "$$x^2$$",
  "fa:fa-car",
  "%%comment",
  "%%{init: {}}%%",
  ";",
  "a;b",
  ":::cls",
  "@{shape: x}",
  "\u001b[31mred\u001b[0m",
  "\u202eabc",
  "\ud800lone",
  "  two  blanks ",
  "---",
  "~~~",
  "$error",
  "https://example.com/a",
  "[link](https://example.com)",
  "a@b.c",
  "0",
  "\0nul",
  "r_end",
  "a_b",
  "a-b",
];

/** A flow with all of them as ids, events and slots. */
export const HOSTILE_SHAPE: GraphShape = {
  routines: HOSTILE.map((routineId) => ({ routineId, slots: [], events: [] })),
  connections: HOSTILE.map((from, at) => ({
    from,
    event: nth(at * 7),
    to: nth(at + 1),
    slot: nth(at * 11 + 3),
  })),
};

function nth(at: number): string {
  return HOSTILE[at % HOSTILE.length] ?? "";
}

// The words of the library's comments: how they are read, and which ones they must not use.

import { assert, assertEquals } from "@std/assert";
import {
  commentsOf,
  FREE_RELATIVE,
  nameFiguresOf,
  readComments,
  readTestNames,
  RETIRED,
} from "../../tools/prose.ts";

const CODE = `
// The first line of a comment,
// and the second. Ends here.
const url = "https://example.com"; // A trailing comment.
const template = \`// no comment \${url}\`, quoted = '/* nor this */';
/** Returns a name; \`undefined\` if there is none. */
export function find(): string | undefined {
  // deno-lint-ignore no-console
  return url + template + quoted;
}
`;

const DOC = `
/**
 * Checks two things:
 *
 * - The first.
 *   - A nested one
 *     on two lines.
 *
 * | state | meaning     |
 * | ----- | ----------- |
 * | open  | How it is   |
 *
 * @example Whether it works
 * \`\`\`ts
 * check("// no comment"); // Whoever calls it waits.
 * \`\`\`
 *
 * @param name What to call it, as \`payload\`. (Whether it counts is checked.)
 * @returns Whether both hold.
 * @throws {TypeError} If neither holds.
 */
`;

Deno.test("commentsOf() finds comments with their places, and none in strings", () => {
  assertEquals(
    commentsOf("src/a.ts", CODE).map(({ at, isDoc, sentences }) => [at, isDoc, sentences]),
    [
      ["src/a.ts:2", false, ["The first line of a comment, and the second.", "Ends here."]],
      ["src/a.ts:4", false, ["A trailing comment."]],
      ["src/a.ts:6", true, ["Returns a name; `undefined` if there is none."]],
      ["src/a.ts:8", false, []],
    ],
  );
});

Deno.test("commentsOf() reads lists, tables, tags and examples as sentences", () => {
  assertEquals(commentsOf("src/a.ts", DOC).flatMap(({ sentences }) => sentences), [
    "Checks two things:",
    "The first.",
    "A nested one on two lines.",
    "state",
    "meaning",
    "open",
    "How it is",
    "Whether it works",
    "What to call it, as `payload`.",
    "(Whether it counts is checked.)",
    "Whether both hold.",
    "If neither holds.",
    "Whoever calls it waits.",
  ]);
});

Deno.test("FREE_RELATIVE finds sentences that begin with a free relative, but no questions", () => {
  const found = commentsOf("src/a.ts", DOC).flatMap(({ sentences }) => sentences)
    .filter((sentence) => FREE_RELATIVE.test(sentence));
  assertEquals(found, [
    "How it is",
    "Whether it works",
    "What to call it, as `payload`.",
    "(Whether it counts is checked.)",
    "Whether both hold.",
    "Whoever calls it waits.",
  ]);
  assert(FREE_RELATIVE.test("By how much the delay grows."));
  assert(FREE_RELATIVE.test("Those that wait are called."));
  assert(!FREE_RELATIVE.test("What is a routine?"));
  assert(!FREE_RELATIVE.test("Whatsoever"));
  assert(!FREE_RELATIVE.test("Checks whether it works."));
});

const comments = await readComments();

Deno.test("comments begin no sentence with a free relative: begin with a verb or a noun", () => {
  assertEquals(sentencesThat((sentence) => FREE_RELATIVE.test(sentence)), []);
});

for (const [word, better] of RETIRED) {
  Deno.test(`no comment uses ${word.source}: ${better}`, () => {
    assertEquals(sentencesThat((sentence) => word.test(sentence)), []);
  });
}

Deno.test("nameFiguresOf() counts words, commas and identifiers", () => {
  const names = [
    "Flow.pause() lets activations finish",
    "it works, always",
    "--help lists options",
  ];
  assertEquals(nameFiguresOf(names), {
    names: 3,
    words: 10 / 3,
    commas: 1 / 3,
    identifiers: 2 / 3,
  });
});

Deno.test("readTestNames() finds short names that begin with their symbols", async () => {
  const names = await readTestNames();
  const { words, commas, identifiers } = nameFiguresOf(names);
  assert(words <= 7.5 && commas <= 0.03 && identifiers >= 0.9, `${[words, commas, identifiers]}`);
  assertEquals(names.filter((name) => RETIRED.some(([word]) => word.test(name))), []);
});

for (
  const path of [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/timeouts.md",
    "docs/events.md",
    "docs/waiting_work.md",
  ]
) {
  Deno.test(`${path} uses no retired word`, async () => {
    const text = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
    assertEquals(text.split("\n").filter((line) => RETIRED.some(([word]) => word.test(line))), []);
  });
}

/** Returns the sentences of the library for which a condition holds, each with its place. */
function sentencesThat(holds: (sentence: string) => boolean): string[] {
  return comments.flatMap(({ at, sentences }) =>
    sentences.filter(holds).map((sentence) => `${at}: ${sentence}`)
  );
}

/**
 * Reads the comments of the library and the names of its tests as prose, for the test of its words.
 * Run as a program, it prints the frequencies of sentences and words that are hard to read.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url);
const FOLDERS = ["faces/", "src/", "workers/"];

/** A comment, without comment marks and code. */
export interface Comment {
  /** The place of its first line, as `src/flow/flow.ts:12`. */
  readonly at: string;
  readonly isDoc: boolean;
  /**
   * Its sentences, including titles of examples, comments in its code, and texts of tags without
   * the tag and the name of the parameter. Cells of tables and items of lists count as sentences.
   */
  readonly sentences: readonly string[];
}

/** Matches a string, a template or a comment. */
const TOKENS =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\*[^]*?\*\/|(?:^[ \t]*\/\/.*(?:\n|$))+|\/\/.*/gm;

/** Reads the comments of each file of the library. */
export async function readComments(): Promise<Comment[]> {
  const comments = commentsOf("mod.ts", await Deno.readTextFile(new URL("mod.ts", ROOT)));
  for (const folder of FOLDERS) {
    for await (const path of filesIn(folder)) {
      comments.push(...commentsOf(path, await Deno.readTextFile(new URL(path, ROOT))));
    }
  }
  return comments;
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) yield* filesIn(`${folder}${name}/`);
    else if (name.endsWith(".ts")) yield folder + name;
  }
}

/** Returns the comments of a module. */
export function commentsOf(path: string, code: string): Comment[] {
  return [...code.matchAll(TOKENS)]
    .filter(([token]) => /^\s*\/[/*]/.test(token))
    .map(({ 0: token, index }) => {
      const line = code.slice(0, index).split("\n").length;
      return {
        at: `${path}:${line}`,
        isDoc: token.startsWith("/**"),
        sentences: sentencesOf(token),
      };
    });
}

/** Matches a block of code in a comment; the group is the code without its fences. */
const CODE = /```.*\n([^]*?)(?:```|$)/g;

function sentencesOf(comment: string): string[] {
  const text = comment
    .replaceAll(/^[ \t]*\/\/ *deno-lint-ignore.*$/gm, "")
    .replaceAll(/^\s*\/\*\*?|\*\/$|^[ \t]*\*(?: |$)|^[ \t]*\/\/ ?/gm, "");
  const ownText = text.replaceAll(CODE, "\n\n");
  const comments = [...text.matchAll(CODE)].flatMap(([, code = ""]) => commentsOf("", code));
  return [
    ...partsOf(ownText).flatMap(splitSentences),
    ...comments.flatMap(({ sentences }) => sentences),
  ];
}

/** Splits a text into paragraphs, tags, items of lists and cells of tables. */
function partsOf(text: string): string[] {
  return text.split(/\n[ \t]*\n|\n(?=[ \t]*(?:@|- |\d+\. |\|))/)
    .map((part) => part.replaceAll(/\s+/g, " ").trim())
    .flatMap((part) => part.startsWith("|") ? part.split("|") : part)
    .map((part) => part.replace(TAG, "").replace(/^(?:- |\d+\. )+/, "").trim())
    .filter((part) => /[^\s-]/.test(part));
}

/** Matches a tag, with the name of its parameter or the type of its error. */
const TAG = /^@(?:(?:param|template|typeParam) \S+|throws(?: \{[^}]*\})?|[\w-]+) ?/;

/** Splits a paragraph at each mark that ends a sentence and precedes a capital letter. */
function splitSentences(part: string): string[] {
  return part.split(/(?<=[.!?][)"*]*)\s+(?=[("*]*[A-Z`{])/);
}

/** Matches a sentence that begins with a free relative clause and is not a question. */
export const FREE_RELATIVE =
  /^[("*]*(?:What(?:ever)?|Whether|Who(?:m|se|ever)?|Which(?:ever)?|Why|How|(?:One|Those|Anyone) (?:that|who)|(?:By|For|Of|To|From|Since|Until) (?:what|whom|which|when|how))\b(?!.*\?$)/;

/** Words that the library avoids, each with the usual words of the field. */
export const RETIRED: readonly (readonly [word: RegExp, better: string])[] = [
  [/\b(?:tell|tells|told|telling)\b/i, "report, send, ask, show"],
  [/\bheed(?:s|ed)?\b/i, "listen"],
  [/\bkept\b/i, "stored, persisted, left"],
  [/\bwho waits\b/i, "the waiting …"],
  [/\bso many\b/i, "a number of …"],
  [/\b(?:recall|recalls|recalled)\b/i, "revoke"],
  [/\b(?:lets?|letting) go of\b/i, "drop, release, close"],
  [/\bonce more\b/i, "again"],
  [/\b(?:Lane|HeldTask|WorkerLine|LostThreads|Patience|inPlace|setApart)\b/, "see ARCHITECTURE.md"],
];

/** Matches the literal name of a test; the group is the name. */
const TEST_NAME = /\bDeno\.test\(\s*(["`])((?:\\.|(?!\1)[^\\])*)\1/g;

/** Matches a name that begins with an identifier, a file, an option or a placeholder of one. */
const NAMED = /^(?:[A-Z_]\w*|[a-z]+\w*[A-Z(.]|\w+\(|ctx\b|@\w|--?\w|\$\{|[\w/-]+\.\w+)/;

/** Reads the literal names of the tests. */
export async function readTestNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const path of filesIn("tests/")) {
    const code = await Deno.readTextFile(new URL(path, ROOT));
    for (const [, , name = ""] of code.matchAll(TEST_NAME)) names.push(name);
  }
  return names;
}

/** The figures of the names of tests. */
export interface NameFigures {
  readonly names: number;
  /** The mean number of words. */
  readonly words: number;
  /** The share of names with a comma, from 0 to 1. */
  readonly commas: number;
  /** The share of names that begin with an identifier, from 0 to 1. */
  readonly identifiers: number;
}

/** Counts words, commas and identifiers in the names of tests. */
export function nameFiguresOf(names: readonly string[]): NameFigures {
  const share = (holds: (name: string) => boolean) => names.filter(holds).length / names.length;
  return {
    names: names.length,
    words: names.join(" ").split(/\s+/).length / names.length,
    commas: share((name) => name.includes(",")),
    identifiers: share((name) => NAMED.test(name)),
  };
}

/** The figures of a body of comments. */
export interface Figures {
  readonly words: number;
  readonly sentences: number;
  /** Sentences that begin with a free relative clause. */
  readonly freeRelatives: number;
  /** Uses of "queue", the main word of the field. */
  readonly queues: number;
  /** Uses of each retired word, by its pattern. */
  readonly retired: Readonly<Record<string, number>>;
}

/** Counts words, sentences, free relative clauses and retired words. */
export function figuresOf(comments: readonly Comment[]): Figures {
  const sentences = comments.flatMap((comment) => comment.sentences);
  const text = sentences.join("\n");
  return {
    words: text.split(/\s+/).length,
    sentences: sentences.length,
    freeRelatives: sentences.filter((sentence) => FREE_RELATIVE.test(sentence)).length,
    queues: text.match(/queue/gi)?.length ?? 0,
    retired: Object.fromEntries(
      RETIRED.map(([word]) => [
        word.source,
        text.match(new RegExp(word, `${word.flags}g`))?.length ?? 0,
      ]),
    ),
  };
}

if (import.meta.main) {
  const { words, sentences, freeRelatives, queues, retired } = figuresOf(await readComments());
  const perThousand = (count: number) => (count * 1000 / words).toFixed(2);
  console.log(`${words} words of comment, ${sentences} sentences`);
  console.log(`free relatives: ${freeRelatives}, ${perThousand(freeRelatives)} per 1,000 words`);
  console.log(`queue: ${queues}, ${perThousand(queues)} per 1,000 words`);
  for (const [word, count] of Object.entries(retired)) {
    console.log(`${word}: ${count}, ${perThousand(count)} per 1,000 words`);
  }
  const tests = nameFiguresOf(await readTestNames());
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  console.log(
    `${tests.names} names of tests: ${tests.words.toFixed(1)} words on average, ` +
      `${percent(tests.commas)} with a comma, ${
        percent(tests.identifiers)
      } begin with an identifier`,
  );
}

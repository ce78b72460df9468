/**
 * Reads the comments of the library as prose, for the test of its words. Run by itself it prints how often
 * sentences and words occur that a reader stumbles over.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url);
const FOLDERS = ["faces/", "src/", "workers/"];

/** A comment, without its marks and its code. */
export interface Comment {
  /** The place of its first line, as `src/flow/flow.ts:12`. */
  readonly at: string;
  readonly isDoc: boolean;
  /**
   * Its sentences: those of tags without the tag and the name of its parameter, the titles of examples, and
   * those of the comments in its code. Cells of tables and items of lists count as sentences.
   */
  readonly sentences: readonly string[];
}

/** A string, a template, or a comment: whichever begins first. */
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

/** A block of code in a comment, without its fences. */
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

/** A tag, with the name of its parameter or the type of its error. */
const TAG = /^@(?:(?:param|template|typeParam) \S+|throws(?: \{[^}]*\})?|[\w-]+) ?/;

/** Splits a paragraph where a mark that ends a sentence stands before a capital letter. */
function splitSentences(part: string): string[] {
  return part.split(/(?<=[.!?][)"*]*)\s+(?=[("*]*[A-Z`{])/);
}

/** A sentence that begins with a free relative clause; a question does not. */
export const FREE_RELATIVE =
  /^[("*]*(?:What(?:ever)?|Whether|Who(?:m|se|ever)?|Which(?:ever)?|Why|How|(?:One|Those|Anyone) (?:that|who)|(?:By|For|Of|To|From|Since|Until) (?:what|whom|which|when|how))\b(?!.*\?$)/;

/** Words that other libraries do not use for these things, each with the words that they use. */
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

/** The figures of a body of comments. */
export interface Figures {
  readonly words: number;
  readonly sentences: number;
  /** Sentences that begin with a free relative clause. */
  readonly freeRelatives: number;
  /** Uses of each retired word, by its pattern. */
  readonly retired: Readonly<Record<string, number>>;
}

/** Counts words, sentences and what a reader stumbles over. */
export function figuresOf(comments: readonly Comment[]): Figures {
  const sentences = comments.flatMap((comment) => comment.sentences);
  const text = sentences.join("\n");
  return {
    words: text.split(/\s+/).length,
    sentences: sentences.length,
    freeRelatives: sentences.filter((sentence) => FREE_RELATIVE.test(sentence)).length,
    retired: Object.fromEntries(
      RETIRED.map(([word]) => [
        word.source,
        text.match(new RegExp(word, `${word.flags}g`))?.length ?? 0,
      ]),
    ),
  };
}

if (import.meta.main) {
  const { words, sentences, freeRelatives, retired } = figuresOf(await readComments());
  const perThousand = (count: number) => (count * 1000 / words).toFixed(2);
  console.log(`${words} words of comment, ${sentences} sentences`);
  console.log(`free relatives: ${freeRelatives}, ${perThousand(freeRelatives)} per 1,000 words`);
  for (const [word, count] of Object.entries(retired)) {
    console.log(`${word}: ${count}, ${perThousand(count)} per 1,000 words`);
  }
}

/**
 * Reads the comments of the library as prose, for the test of its words. Run by itself it prints how often
 * sentences and words occur that a reader stumbles over.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url);
const FOLDERS = ["faces/", "src/", "workers/"];

/** A comment, without its marks and its examples. */
export interface Comment {
  /** The place of its first line, as `src/flow/flow.ts:12`. */
  readonly at: string;
  readonly isDoc: boolean;
  /** Its sentences, each of a tag without the tag and the name of its parameter. */
  readonly sentences: readonly string[];
}

/** A string, a template, or a comment: what stands first is what it is. */
const TOKENS =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\*[^]*?\*\/|(?:^[ \t]*\/\/.*\n)+|\/\/.*/gm;

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
    .filter(([token]) => /^\s*\/[/*]/.test(token) && !token.includes("deno-lint-ignore"))
    .map(({ 0: token, index }) => {
      const line = code.slice(0, index).split("\n").length;
      return {
        at: `${path}:${line}`,
        isDoc: token.startsWith("/**"),
        sentences: sentencesOf(token),
      };
    });
}

function sentencesOf(comment: string): string[] {
  const text = comment
    .replaceAll(/^\s*\/\*\*?|\*\/$|^\s*\*(?: |$)|^\s*\/\/ ?/gm, "")
    .replaceAll(/```[^]*?```/g, "");
  // A tag ends the sentence before it, as an empty line does.
  return text.split(/\n\s*\n|\n(?=\s*(?:@|- ))/)
    .map((part) => part.replaceAll(/\s+/g, " ").trim())
    .filter((part) => !/^@(?:module|example)\b/.test(part))
    .map((part) =>
      part.replace(/^@(?:param|template) \S+ |^@throws (?:\{[^}]*\} )?|^@\w+ |^- /, "")
    )
    .flatMap((part) => part.split(/(?<=[.!?])\s+(?=[A-Z`{])/))
    .filter((sentence) => sentence !== "");
}

/** Sentences that begin with a free relative clause, or with a pronoun that stands for nothing. */
export const FREE_RELATIVE = /^(?:What|Whether|Who|Whom|Whose|Whoever|Whatever|How)\b(?!.*\?$)/;

/** Words that the field does not use for it; the part after the colon says what it uses. */
export const RETIRED: readonly (readonly [word: RegExp, better: string])[] = [
  [/\b(?:tell|tells|told|telling)\b/i, "report, send, ask, show"],
  [/\bheed(?:s|ed)?\b/i, "listen"],
  [/\bkept\b/i, "stored, persisted, left"],
  [/\bwho waits\b/i, "the waiting …"],
  [/\bso many\b/i, "a number of …"],
  [/\b(?:recall|recalls|recalled)\b/i, "revoke"],
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
      RETIRED.map(([word]) => [word.source, text.match(new RegExp(word, "gi"))?.length ?? 0]),
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

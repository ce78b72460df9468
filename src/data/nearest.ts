/**
 * Finds the name that was probably meant by a wrong one.
 *
 * @param name The wrong name.
 * @param known The valid names.
 * @returns The most similar one; `undefined` if none is similar.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wrong = name.toLowerCase();
  let best: string | undefined;
  let least = Infinity;
  for (const right of known) {
    const other = right.toLowerCase();
    const edits = editsBetween(wrong, other);
    const isPart = wrong.length > 2 && other.includes(wrong) ||
      other.length > 2 && wrong.includes(other) ||
      // The maximum number of edits between two names that count as similar. It covers forms of one word, as
      // `entry` and `entries`.
      edits <= 3 && wrong.length > 3 && other.startsWith(wrong.slice(0, 4));
    const most = Math.max(1, Math.floor(Math.max(wrong.length, other.length) / 3));
    if ((edits <= most || isPart) && edits < least) [best, least] = [right, edits];
  }
  return best;
}

/** The length above which a text is not compared, as it is no mistyped name. */
const MAX_LENGTH = 100;

/**
 * Returns the number of letters to insert, remove, replace or swap with the next one to turn one text into
 * another.
 */
export function editsBetween(from: string, to: string): number {
  if (from.length > MAX_LENGTH || to.length > MAX_LENGTH) return from === to ? 0 : Infinity;
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      let edits = Math.min(
        last[j]! + 1,
        row[j - 1]! + 1,
        last[j - 1]! + (isSame ? 0 : 1),
      );
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        edits = Math.min(edits, before[j - 2]! + 1);
      }
      row.push(edits);
    }
    [before, last] = [last, row];
  }
  return last[to.length]!;
}

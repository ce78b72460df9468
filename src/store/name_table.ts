/** Numbers names in the order in which they are first seen, from 0, up to {@linkcode MOST_NAMES}. */
export class NameTable {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of names. */
  get size(): number {
    return this.#names.length;
  }

  /** Returns the number of a name; `undefined` if the name is new and the table is full. */
  numberOf(name: string): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined || this.size >= MOST_NAMES) return known;
    const number = this.#names.push(name) - 1;
    this.#numbers.set(name, number);
    return number;
  }

  /** Returns the name with a number. */
  nameOf(number: number): string {
    return this.#names[number]!;
  }
}

/**
 * The maximum number of names in a table, so that three of them are one exact number. A job that never ends may have
 * the names of new workers without end.
 */
export const MOST_NAMES = 65_536;
